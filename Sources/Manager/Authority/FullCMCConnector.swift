import Foundation
import PKI
import X509

/// The connector to a CA that takes orders signed by a registration authority: CMC Full PKI Requests (RFC 5272) at EST's
/// `/fullcmc` (RFC 7030 §4.3).
///
/// An order is sent again under the same transaction, signed anew with a fresh nonce, until the CA gives an answer that is
/// signed, fits the request and is final. What is not signed by the CA decides nothing.
struct FullCMCConnector: CertificateAuthority {
  let client: AuthorityClient
  let identity: RegistrationAuthorityIdentity
  let clock: any ManagerClock

  func prepare(_ order: Order) async throws -> PreparedOrder {
    guard let signer = identity.current else {
      throw ManagerError(
        .unreachable, "The manager has no registration authority's certificate yet.",
        remedy: "It enrols itself as soon as the CA answers and accepts its one-time code.")
    }
    guard let transaction = order.id.transaction else {
      throw ManagerError(.database, "The order \(order.id) has no transaction identifier.")
    }
    let request = CMCRequest(
      transaction: transaction,
      certificationRequest: try CertificationRequest(order.request, overriding: Set(OverriddenExtension.allCases)))
    let message: [UInt8]
    do {
      let now = clock.now
      message = try await signer.key.signing {
        try request.signed(with: signer.key, certificate: signer.certificate, issuers: signer.issuers, at: now)
      }
    } catch let error as PKIError {
      // A token that is gone comes back, and a PIN is mended; the order waits.
      throw ManagerError(error)
    }
    return PreparedOrder(order: order, message: message, request: request, signer: signer.certificate)
  }

  func send(_ prepared: PreparedOrder) async -> AuthorityAnswer {
    guard let request = prepared.request else { return .later(atLeast: .zero, "The order is not for this connector.") }
    let reply: AuthorityReply
    do {
      reply = try await client.post(
        "\(prepared.order.profile)/fullcmc", type: "application/pkcs7-mime; smime-type=CMC-request",
        body: prepared.message)
    } catch {
      return .later(atLeast: .zero, error.reason)
    }
    let patience = reply.retryAfter ?? .zero
    guard reply.type.contains("cmc-response"), let bytes = reply.bytes else {
      return .later(atLeast: patience, "The CA gave no CMC answer: \(reply.sentence).")
    }
    do {
      switch try await CMCAnswer(bytes, to: request, anchors: client.anchors, now: clock.now) {
      case .issued(let certificate, let issuers):
        identity.accepted(prepared.signer)
        return .issued(IssuedCertificate(certificate: certificate, issuers: issuers))
      case .notIssued(let status):
        let answer = Self.answer(status, patience: patience)
        if case .disowned(let detail) = answer { identity.refused(prepared.signer, detail) }
        return answer
      }
    } catch {
      return .later(atLeast: patience, "The CA's answer cannot be trusted (\(error.rawValue)): \(error.sentence)")
    }
  }

  /// Refusals of one message, not of the order: the next message is another.
  private static let passing: Set<String> = ["nonce-replayed", "body-too-slow"]

  /// What can pass is asked again: the CA's own trouble, a clock that is off. Our own standing with the CA is a matter of its
  /// own. The rest is about the request and stays as it is.
  private static func answer(_ status: CMCStatusInfo, patience: Duration) -> AuthorityAnswer {
    let words = [status.reason, status.sentence].compactMap { $0 }.joined(separator: ": ")
    let detail = words.isEmpty ? "The CA gave no reason (\(status.status))." : words
    if status.status == .pending || passing.contains(status.reason ?? "") { return .later(atLeast: patience, detail) }
    return switch status.failInfo {
    case .badIdentity: .disowned(detail)
    case .tryLater, .internalCAError, .badTime, .badMessageCheck, .authenticationDataFailed:
      .later(atLeast: patience, detail)
    case .badAlgorithm, .badRequest, .badCertificateID, .unsupportedExtension, .mustArchiveKeys, .popRequired,
      .popFailed, .noKeyReuse, nil:
      .refused(detail)
    }
  }
}
