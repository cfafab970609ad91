import Foundation
import PKI
import X509

/// What was done for a registration authority.
enum CMCOutcome: Sendable, Equatable {
  case issued(Certificate)
  /// The serial number of the certificate that is revoked, by this request or an earlier one.
  case revoked([UInt8])
}

/// What an answer must refer to, as far as the request could be read.
struct CMCReference: Sendable {
  var transaction: TransactionID?
  var senderNonce: [UInt8]?
  var success: CMCStatusInfo?
  /// What a refusal is about: the order or the revocation once its signer is known; before that 0, the message as a whole.
  var refusedPart: UInt32 = 0
}

extension Registrar {
  /// Handles a Full PKI Request of a registration authority (RFC 5272 §3.2).
  ///
  /// - Parameters:
  ///   - bytes: the CMC message.
  ///   - profile: what kind of certificate is ordered; nil where only a revocation can be asked for.
  ///   - isRejected: whether a fault asks for a refusal.
  /// - Returns: what the answer refers to, and what was done or the refusal. Refusals are in the audit table.
  func handle(
    _ bytes: [UInt8], profile: CASettings.IssuedProfile?, isRejected: Bool = false
  ) async -> (CMCReference, Result<CMCOutcome, Refusal>) {
    var context = AuditContext(profile: profile?.profile.name)
    let message: UnverifiedCMCRequest
    do {
      message = try UnverifiedCMCRequest(bytes)
    } catch {
      return (CMCReference(), .failure(await refuse(.message(error), context)))
    }
    var reference = CMCReference(
      transaction: message.transaction, senderNonce: message.senderNonce, success: message.success)
    context.authority = message.signer.serialNumber
    context.transaction = message.transaction.bytes
    do throws(Refusal) {
      let (content, signer) = try await authenticate(message)
      reference.refusedPart = message.success.bodyParts.first ?? 0
      guard !isRejected else { throw await refusal(of: signer, otherwise: .faultRejected) }
      switch content {
      case .order(let request):
        guard let profile else { throw await refusal(of: signer, otherwise: .profileUnknown) }
        return (reference, await order(request, by: signer, profile: profile, context).map { .issued($0) })
      case .revocation(let request):
        context.profile = nil
        return (reference, await revoke(request, by: signer, context).map { .revoked($0) })
      }
    } catch {
      return (reference, .failure(await refuse(error, context)))
    }
  }

  /// Who signed: known, the signature good, and only then whether the certificate still counts.
  private func authenticate(_ message: UnverifiedCMCRequest) async throws(Refusal) -> (
    UnverifiedCMCRequest.Content, KnownAuthority
  ) {
    let known: KnownAuthority?
    do {
      // One that is known may have been revoked since. Every order and revocation asks that in its own transaction, first of all.
      if let before = store.known[message.signer.serialNumber] {
        known = before
      } else {
        known = try await store.authority(serial: message.signer.serialNumber)
      }
    } catch {
      throw .storeFailed
    }
    guard let known, known.signer.identifier == message.signer else { throw .authorityUnknown }
    let content: UnverifiedCMCRequest.Content
    do {
      content = try message.verifiedContent(
        by: known.signer, issuers: authority.issuingBytes, now: now(),
        tolerance: Self.signingTimeTolerance)
    } catch {
      throw .message(error)
    }
    guard known.revokedAt == nil else { throw .authorityRevoked }
    guard (known.certificate.notValidBefore...known.certificate.notValidAfter).contains(now()) else {
      throw await refusal(of: known, otherwise: .authorityExpired)
    }
    return (content, known)
  }

  /// A refusal that is decided without a transaction: whoever is revoked is told that, whatever else is wrong.
  private func refusal(of signer: KnownAuthority, otherwise refusal: Refusal) async -> Refusal {
    do {
      let standing = try await store.authority(serial: Array(signer.certificate.serialNumber.bytes))
      return standing?.revokedAt == nil ? refusal : .authorityRevoked
    } catch {
      return .storeFailed
    }
  }

  private func order(
    _ request: CMCRequest, by signer: KnownAuthority, profile: CASettings.IssuedProfile, _ context: AuditContext
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
