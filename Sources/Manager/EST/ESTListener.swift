import Crypto
import Edge
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// Where devices come by themselves: HTTPS by TLS 1.3 with the manager's own certificate; a client shows its certificate if it has
/// one.
struct ESTListener: Service {
  let address: ListenAddress
  let identity: ServerIdentity
  let responder: RouterResponder<ESTContext>
  let store: any Store
  let logger: Logger
  /// Told of the address once the socket is open.
  let onOpen: @Sendable (SocketAddress) -> Void

  private static let connections = 1_024
  private static let connectionsPerAddress = 64

  func run() async throws {
    let limit = AddressLimit(Self.connectionsPerAddress)
    let http = HTTP1Channel.Configuration(
      // It begins anew with whole parts of a request only, so that a head that trickles is cut off by it too.
      idleTimeout: .seconds(15),
      httpDecoderConfiguration: .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))
    let listener = HTTPListener(
      address: address, peers: "devices over EST", flag: "'est.listen'", connections: Self.connections, logger: logger,
      onOpen: onOpen)
    try await listener.run(
      responder,
      HTTPServerBuilder { responder in
        AddressLimitedChannel(
          base: ESTChannel(
            base: HTTP1Channel(responder: responder, configuration: http), identity: identity, store: store),
          limit: limit)
      })
  }
}

/// A server's channel behind TLS with the certificate of the moment: the manager renews it while it listens.
///
/// A client's certificate is one that this manager ordered, byte for byte, or the handshake fails. That it is in force is judged
/// behind TLS, where a reason can be given.
struct ESTChannel<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base
  let identity: ServerIdentity
  let store: any Store

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    guard let context = identity.estContext else {
      return channel.close().flatMapThrowing { throw ChannelError.ioOnClosedChannel }
    }
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(
          context: context,
          customVerificationCallback: { [store] shown, promise in
            promise.completeWithTask { try await Self.isOrdered(shown, store) ? .certificateVerified : .failed }
          }))
    }.flatMap {
      base.setup(channel: channel, logger: logger)
    }
  }

  func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }

  private static func isOrdered(_ shown: [NIOSSLCertificate], _ store: any Store) async throws -> Bool {
    guard let der = try shown.first?.toDERBytes() else { return false }
    return try await store.certificate(CertificateID(sha256: Array(SHA256.hash(data: der)))) != nil
  }
}
