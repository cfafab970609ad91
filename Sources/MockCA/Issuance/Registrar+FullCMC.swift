import Foundation
import PKI
import X509

/// What an answer must refer to, as far as the request could be read.
struct CMCReference: Sendable {
  var transaction: TransactionID?
  var senderNonce: [UInt8]?
  var success: CMCStatusInfo?
}

extension Registrar {
  /// Handles a Full PKI Request of a registration authority (RFC 5272 §3.2).
  ///
  /// - Parameters:
  ///   - bytes: the CMC message.
  ///   - profile: what kind of certificate is ordered.
  /// - Returns: what the answer refers to, and the certificate or the refusal. Refusals are in the audit table.
  func handleFullCMC(
    _ bytes: [UInt8], profile: CertificateProfile
  ) async -> (CMCReference, Result<Certificate, Refusal>) {
    var context = AuditContext(profile: profile.name)
    let message: UnverifiedCMCRequest
    do {
      message = try UnverifiedCMCRequest(bytes)
    } catch {
      return (CMCReference(), .failure(await refuse(.message(error), context)))
    }
    let reference = CMCReference(
      transaction: message.transaction, senderNonce: message.senderNonce, success: message.success)
    context.authority = message.signer.serialNumber
    context.transaction = message.transaction.bytes
    do {
      let (request, signer) = try await authenticate(message)
      return (reference, await order(request, by: signer, profile: profile, context))
    } catch {
      return (reference, .failure(await refuse(error, context)))
    }
  }

  /// Who signed: known, the signature good, and only then whether the certificate still counts.
  private func authenticate(_ message: UnverifiedCMCRequest) async throws(Refusal) -> (CMCRequest, KnownAuthority) {
    let known: KnownAuthority?
    do {
      known = try await store.authority(serial: message.signer.serialNumber)
    } catch {
      throw .storeFailed
    }
    guard let known, (try? SignerIdentifier(known.certificate)) == message.signer else { throw .authorityUnknown }
    let request: CMCRequest
    do {
      request = try message.verified(
        by: known.certificate, issuers: [authority.issuing], now: now(), tolerance: Self.signingTimeTolerance)
    } catch {
      throw .message(error)
    }
    guard known.revokedAt == nil else { throw .authorityRevoked }
    guard (known.certificate.notValidBefore...known.certificate.notValidAfter).contains(now()) else {
      throw .authorityExpired
    }
    return (request, known)
  }

  private func order(
    _ request: CMCRequest, by signer: KnownAuthority, profile: CertificateProfile, _ context: AuditContext
  ) async -> Result<Certificate, Refusal> {
    let incoming = incoming(
      request.certificationRequest, profile: profile, authority: signer.founder, transaction: request.transaction.bytes
    ).flatMap { order in Self.renewal(order, of: signer) }
    var context = context
    context.subject = (try? incoming.get()).map { String(describing: $0.request.subject) }
    do {
      let taken = try await store.take(
        incoming, authority: signer.founder, nonce: request.senderNonce,
        // A message that is accepted now was signed at most one tolerance in the future, and is accepted one more after that.
        nonceExpires: now() + 2 * Self.signingTimeTolerance,
        serial: Array(Certificate.SerialNumber.random().bytes), context: context, now: now())
      return .success(try await issue(taken, for: incoming, context: context))
    } catch let refusal as Refusal {
      return .failure(refusal)
    } catch {
      return .failure(.storeFailed)
    }
  }

  /// Who may order devices' certificates may not make other registration authorities: only renew itself, under its own subject and
  /// under a key old or new (as RFC 7030 §4.2.2 has it for whoever re-enrols).
  private static func renewal(
    _ order: IncomingOrder, of signer: KnownAuthority
  ) -> Result<IncomingOrder, Refusal> {
    guard order.profile == .registrationAuthority, order.request.subject.name != signer.certificate.subject else {
      return .success(order)
    }
    return .failure(.subjectNotOfAuthority)
  }
}
