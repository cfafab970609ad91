import CoAP
import CoAPStream
import Foundation
import PKI

/// Gives gateways their next certificates, for the keys they have.
///
/// Two phases: the next certificate is issued and sent, and the one in force stays in force until the gateway connects with the
/// next. So a gateway that dies in between comes back with what it has, asks again, and gets the same.
struct GatewayRenewals: Sendable {
  let ledger: Ledger
  let desk: OrderDesk
  let connections: GatewayConnections
  let network: String

  /// Where a gateway asks, and is asked to ask.
  static let path = ["renew"]
  /// How long a gateway may take that is asked to renew, the CA's time included.
  private static let patience: Duration = .seconds(50)

  /// Answers a gateway's own request: its PKCS#10 for its next certificate and the intermediates, one behind the other in DER.
  ///
  /// - Parameter name: the gateway of the connection's certificate.
  func answer(_ request: CoAPMessage, from name: String) async -> CoAPMessage {
    guard request.code == .post, request.contentFormat == .pkcs10 else {
      return .problem(.badRequest, "POST of a PKCS#10 only")
    }
    do {
      let record = try await renew(request.payload, for: name)
      return .response(
        .changed, contentFormat: .octetStream, payload: ([record.der] + record.chain).flatMap { $0 })
    } catch let error as ManagerError where error.code == .unreachable {
      return .busy(seconds: 60)
    } catch let error as ManagerError {
      return .problem(error.code == .invalid ? .badRequest : .forbidden, error.reason)
    } catch {
      return .busy(seconds: 60)
    }
  }

  private func renew(_ bytes: [UInt8], for name: String) async throws -> CertificateRecord {
    let request: CertificationRequest
    do {
      request = try CertificationRequest(bytes)
    } catch {
      throw ManagerError(.invalid, "\(error.rawValue): \(error.sentence)")
    }
    guard request.subject.commonName == name, request.subject.organization ?? network == network,
      request.dnsNames.isEmpty, request.ipAddresses.isEmpty
    else { throw ManagerError(.invalid, "A gateway's request is for its own name, and no other.") }
    guard let gateway = try await ledger.store.gateway(name), gateway.state == .active,
      let id = gateway.certificateID, let current = try await ledger.store.certificate(id)
    else { throw ManagerError(.forbidden, "The gateway has no certificate in force.") }
    guard current.key == KeyDigest(sha256: request.keyDigest) else {
      throw ManagerError(.forbidden, "A renewal is for the key in force; another is enrolled by an administrator.")
    }
    guard RenewalRule.isDue(current, now: ledger.clock.now) || connections.isRenewalWanted(of: name) else {
      throw ManagerError(.forbidden, "The certificate is not due yet.")
    }
    return try await desk.renew(request, for: name)
  }

  /// Has a connected gateway renew its certificate now.
  ///
  /// - Throws: ``ManagerError``: `unreachable` when it is not connected or does not answer, `refused` when it could not.
  func demand(of name: String) async throws(ManagerError) {
    connections.wantRenewal(of: name, true)
    defer { connections.wantRenewal(of: name, false) }
    let answer = try await connections.request(.request(.post, "renew"), to: name, timeout: Self.patience)
    guard answer.code != .changed else { return }
    let words = String(decoding: answer.payload.prefix(200), as: UTF8.self).filter { !$0.isNewline }
    throw ManagerError(
      .refused, "Gateway '\(name)' did not renew its certificate: \(words.isEmpty ? answer.code.text : words)")
  }
}
