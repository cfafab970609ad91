import CoAPStream
import NIOCore
import NIOPosix
import NIOSSL

/// Makes connections to the manager: TLS 1.3 with both certificates, and `coap` agreed on by ALPN (RFC 8323 §8.2).
struct ManagerConnector {
  private let address: ManagerAddress
  private let serverName: String?
  private let context: NIOSSLContext
  private let connection: CoAPConnection.Configuration
  private let eventLoop: any EventLoop

  /// - Throws: `badIdentity` when key, certificate and anchors do not make a TLS client.
  init(
    configuration: GatewayConfiguration, identity: GatewayIdentity, eventLoop: any EventLoop
  ) throws(GatewayError) {
    self.context = try Self.makeContext(identity)
    self.address = configuration.manager
    self.serverName = configuration.managerName ?? configuration.manager.serverName
    self.eventLoop = eventLoop
    // Each line has its own bounds in the router; the connection's must not bite first.
    let lines = configuration.lines.count
    let udp = configuration.udp
    var connection = CoAPConnection.Configuration()
    connection.maximumMessageBytes = LinkDriver.messageBytes + 256
    connection.maximumConcurrentRequests =
      max(64, 2 * lines * (configuration.routing.queuedRequests + 1)) + (udp?.endpoints ?? 0)
    connection.maximumOutstandingRequests =
      max(64, lines * configuration.routing.requestsToManager) + (udp?.requests ?? 0)
    self.connection = connection
  }

  /// Connects and waits until the manager has accepted the gateway's certificate.
  ///
  /// In TLS 1.3 the client's handshake is complete before the server has judged its certificate, so 'accepted' is the
  /// manager's first message.
  func connect() async throws -> CoAPConnection {
    let promise = eventLoop.makePromise(of: CoAPConnection.self)
    let deadline = eventLoop.scheduleTask(in: .seconds(15)) {
      promise.fail(
        GatewayError(.managerUnavailable, "The manager did not answer in 15 s.", advice: "Check that it runs."))
    }
    defer { deadline.cancel() }
    return try await withTaskCancellationHandler {
      start(promise)
      return try await promise.futureResult.get()
    } onCancel: {
      promise.fail(CancellationError())
    }
  }

  private func start(_ promise: EventLoopPromise<CoAPConnection>) {
    ClientBootstrap(group: eventLoop)
      .connectTimeout(.seconds(10))
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        // Whatever makes the attempt fail also closes its channel, even one that is made after that.
        promise.futureResult.whenFailure { _ in channel.close(promise: nil) }
        return channel.eventLoop.makeCompletedFuture {
          let tls = try NIOSSLClientHandler(context: context, serverHostname: serverName)
          let handshake = ManagerHandshake(
            configuration: connection, managerName: serverName, promise: promise)
          try channel.pipeline.syncOperations.addHandlers(tls, handshake)
        }
      }
      .connect(host: address.host, port: address.port)
      .whenFailure { promise.fail($0) }
  }

  private static func makeContext(_ identity: GatewayIdentity) throws(GatewayError) -> NIOSSLContext {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.certificateChain = identity.chain.map { .certificate($0) }
    tls.privateKey = .privateKey(identity.key)
    tls.trustRoots = .certificates(identity.anchors)
    tls.certificateVerification = .fullVerification
    tls.applicationProtocols = [ManagerHandshake.protocolName]
    tls.shutdownTimeout = .seconds(1)
    do {
      return try NIOSSLContext(configuration: tls)
    } catch {
      throw GatewayError(
        .badIdentity, "The gateway's key and certificate cannot be used for TLS: \(error).",
        advice: "Enrol the gateway anew.")
    }
  }
}
