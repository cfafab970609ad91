import CoAP
import CoAPStream

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

// A gateway gets its next certificate over the connection that its present one made. What is stored is taken up like any
// other renewal of its files.
extension Gateway {
  /// The CA's time included.
  private static let renewalTimeout = Duration.seconds(45)

  /// Looks now and then whether it is time, as long as the connection lasts.
  func renewInTime(over connection: CoAPConnection) async throws -> ManagerConnector? {
    while true {
      if identity.files != nil, identity.isRenewalDue(at: .now) {
        do {
          try await renew(over: connection)
        } catch let error as GatewayError {
          report(.renewalFailed(reason: error.reason))
        }
      }
      // Weeks are left when it is due for the first time.
      try await Task.sleep(for: configuration.renewalCheckInterval)
    }
  }

  /// The manager asks for it, for an administrator.
  func renewOnDemand(over connection: CoAPConnection) async -> CoAPMessage {
    do {
      try await renew(over: connection)
      return .response(.changed)
    } catch let error as GatewayError {
      report(.renewalFailed(reason: error.reason))
      return .problem(.internalServerError, error.reason)
    } catch {
      return .response(.internalServerError)
    }
  }

  private func renew(over connection: CoAPConnection) async throws {
    let renewal = try IdentityRenewal(identity)
    let answer: CoAPMessage
    do {
      answer = try await connection.request(
        .request(.post, "renew", contentFormat: .pkcs10, payload: try renewal.request()), timeout: Self.renewalTimeout)
    } catch {
      throw GatewayError(
        .managerUnavailable, "The manager did not answer: \(ConnectionFailure.describe(error))",
        advice: "It is asked again.")
    }
    guard answer.code == .changed, answer.contentFormat == .octetStream else {
      let words = String(decoding: answer.payload.prefix(200), as: UTF8.self).filter { !$0.isNewline }
      throw GatewayError(
        .managerUnavailable,
        "The manager did not renew the certificate: \(answer.code.codeClass).\(answer.code.detail) \(words)",
        advice: "It is asked again.")
    }
    try renewal.store(answer.payload)
  }
}
