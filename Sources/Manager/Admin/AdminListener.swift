import Edge
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import PKI
import ServiceLifecycle
import X509

/// Where administrators connect: HTTPS by TLS 1.3, and only with a client certificate of the manager's own admin CA.
struct AdminListener: Service {
  let address: ListenAddress
  let names: [String]
  let authority: AdminAuthority
  let responder: RouterResponder<AdminContext>
  let clock: any ManagerClock
  let logger: Logger
  /// Told of the address once the socket is open.
  let onOpen: @Sendable (SocketAddress) -> Void

  private static let connections = 256
  private static let connectionsPerAddress = 64

  func run() async throws {
    let tls = try tlsConfiguration()
    let limit = AddressLimit(Self.connectionsPerAddress)
    let http = HTTP1Channel.Configuration(
      idleTimeout: .seconds(30),
      httpDecoderConfiguration: .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))
    let listener = HTTPListener(
      address: address, peers: "administrators", flag: "--admin", connections: Self.connections, logger: logger,
      onOpen: onOpen)
    try await listener.run(
      responder,
      HTTPServerBuilder { responder in
        AddressLimitedChannel(
          base: try TLSChannel(
            HTTP1Channel(responder: responder, configuration: http), tlsConfiguration: tls), limit: limit)
      })
  }

  private func tlsConfiguration() throws -> TLSConfiguration {
    let (key, certificate) = try authority.serverCredentials(names: names, now: clock.now)
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem)))
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = ["http/1.1"]
    tls.shutdownTimeout = .seconds(1)
    // On the server's side this makes a client certificate mandatory.
    tls.certificateVerification = .noHostnameVerification
    tls.trustRoots = .certificates([try NIOSSLCertificate(bytes: authority.anchor.der, format: .der)])
    return tls
  }
}
