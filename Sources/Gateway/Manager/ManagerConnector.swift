import CoAPStream
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Makes connections to the manager: TLS 1.3 with both certificates, and `coap` agreed on by ALPN (RFC 8323 §8.2).
struct ManagerConnector {
  private let address: ManagerAddress
  private let serverName: String?
  private let context: NIOSSLContext
  private let eventLoop: any EventLoop

  /// - Throws: `badIdentity` when key, certificate and anchors do not make a TLS client.
  init(configuration: GatewayConfiguration, eventLoop: any EventLoop) throws(GatewayError) {
    let identity = configuration.identity
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.certificateChain = identity.chain.map { .certificate($0) }
    tls.privateKey = .privateKey(identity.key)
    tls.trustRoots = .certificates(identity.anchors)
    tls.certificateVerification = .fullVerification
    tls.applicationProtocols = [Self.protocolName]
    tls.shutdownTimeout = .seconds(1)
    do {
      context = try NIOSSLContext(configuration: tls)
    } catch {
      throw GatewayError(
        .badIdentity, "The gateway's key and certificate cannot be used for TLS: \(error).",
        advice: "Enrol the gateway anew.")
    }
    self.address = configuration.manager
    self.serverName = configuration.managerName ?? configuration.manager.serverName
    self.eventLoop = eventLoop
  }

  func connect() async throws -> CoAPConnection {
    throw GatewayError(.managerUnavailable, "", advice: "")
  }

  /// What to tell people of a connection that failed.
  static func describe(_ error: any Error) -> String {
    switch error {
    case let error as GatewayError: error.reason
    case let error as NIOConnectionError: error.connectionErrors.first.map { "\($0.error)" } ?? "no address"
    case let error as NIOSSLError: "TLS failed: \(error)"
    default: "\(error)"
    }
  }

  private static let protocolName = "coap"
}
