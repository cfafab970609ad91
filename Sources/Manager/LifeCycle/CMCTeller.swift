import Foundation
import PKI
import SwiftASN1
import X509

/// Has the CA revoke, as its registration authority: revokeRequest (RFC 5272 §6.11) at EST's `/fullcmc`.
///
/// The message is signed anew each time, under the revocation's one transaction. A CA that revoked it before says so by the same
/// success. What is not signed by the CA decides nothing.
struct CMCTeller: RevocationTeller {
  let client: AuthorityClient
  let identity: RegistrationAuthorityIdentity
  let clock: any ManagerClock
  /// The name of the manager's own sub-CA, which has no list and nobody to be told; nil without one.
  let ownIssuer: String?

  func tell(_ revocation: RevocationRecord, of record: CertificateRecord) async -> RevocationAnswer {
    guard record.issuer != ownIssuer else { return .revoked }
    guard let signer = identity.current else {
      return .later(atLeast: .zero, "The manager has no registration authority's certificate.")
    }
    do {
      guard let transaction = revocation.transaction.transaction else {
        return .refused("The revocation has no transaction identifier.")
      }
      let request = try CMCRevocation(
        transaction: transaction, certificate: try Certificate(derEncoded: record.der), reason: revocation.reason)
      let now = clock.now
      let message = try await signer.key.signing {
        try request.signed(with: signer.key, certificate: signer.certificate, issuers: signer.issuers, at: now)
      }
      return try await send(message, of: request, signedBy: signer.certificate)
    } catch let error as ManagerError {
      return .later(atLeast: .zero, error.reason)
    } catch let fault as CMCFault {
      return .later(atLeast: .zero, "The CA's answer cannot be trusted (\(fault.rawValue)): \(fault.sentence)")
    } catch {
      // A token that is gone comes back, and a PIN is mended.
      return .later(atLeast: .zero, (error as? PKIError)?.reason ?? "The request cannot be made: \(error).")
    }
  }

  private func send(
    _ message: [UInt8], of request: CMCRevocation, signedBy signer: Certificate
  ) async throws -> RevocationAnswer {
    let reply = try await client.post(
      "fullcmc", type: "application/pkcs7-mime; smime-type=CMC-request", body: message)
    let patience = reply.retryAfter ?? .zero
    guard reply.type.contains("cmc-response"), let bytes = reply.bytes else {
      return .later(atLeast: patience, "The CA gave no CMC answer: \(reply.sentence).")
    }
    guard
      let refusal = try await CMCAnswer.refusal(bytes, of: request, anchors: client.anchors, now: clock.now)
    else {
      identity.accepted(signer)
      return .revoked
    }
    let words = [refusal.reason, refusal.sentence].compactMap { $0 }.joined(separator: ": ")
    let detail = words.isEmpty ? "The CA gave no reason (\(refusal.status))." : words
    switch refusal.failInfo {
    case .badIdentity:
      identity.refused(signer, detail)
      return .later(atLeast: patience, detail)
    case .badRequest, .badCertificateID, .badAlgorithm, .unsupportedExtension, .mustArchiveKeys, .popRequired,
      .popFailed, .noKeyReuse:
      return .refused(detail)
    case .tryLater, .internalCAError, .badTime, .badMessageCheck, .authenticationDataFailed, nil:
      return .later(atLeast: patience, detail)
    }
  }
}
