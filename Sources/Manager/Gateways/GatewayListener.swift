import CoAP
import CoAPStream
import Edge
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import ServiceLifecycle

/// Where gateways connect: CoAP over TCP and mutual TLS 1.3 (RFC 8323 §4, `coaps+tcp`), ALPN `coap`.
///
/// A certificate of the network's CA is not enough: the gateway must be in the table, active, with exactly this certificate.
struct GatewayListener: Sendable {
  let address: ListenAddress
  let identity: ServerIdentity
  let gate: GatewayGate
  let connections: GatewayConnections
  let engine: EnrolmentEngine
  let desk: FrontDesk
  let renewals: GatewayRenewals
  let ledger: Ledger
  let logger: Logger

  /// The most gateways at the same time; the next one waits in the backlog until one goes.
  private static let connectionLimit = 1024
  /// How many of them one address may have.
  let addresses: AddressLimit
  /// Many lines, and endpoints of the UDP side, share one connection: a gateway's own bounds a line are to bite first.
  private static var connection: CoAPConnection.Configuration {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumConcurrentRequests = 256
    configuration.maximumOutstandingRequests = 256
    return configuration
  }
  /// How long a connection may take until it has negotiated TLS.
  private static let handshakeLimit: TimeAmount = .seconds(10)

  /// An open socket. Whoever has one must ``serve(_:)`` it.
  typealias Socket = NIOAsyncChannel<Pending, Never>
  typealias Pending = EventLoopFuture<GatewayPeer?>

  /// Opens the socket. Nobody is let in before it is served and the manager has its server certificate.
  ///
  /// - Throws: ``ManagerError`` with code `configuration` saying why it cannot be opened.
  func open() async throws(ManagerError) -> Socket {
    do {
      return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(host: address.host, port: address.port) { channel in
          channel.eventLoop.makeCompletedFuture { try self.initialise(channel) }
        }
    } catch {
      throw .cannotListen(for: "gateways", on: address, flag: "--gateways", error)
    }
  }

  /// Serves gateways until graceful shutdown or cancellation, and closes the socket.
  func serve(_ socket: Socket) async throws {
    try await cancelWhenGracefulShutdown { try await accept(socket) }
  }

  private func accept(_ server: Socket) async throws {
    let slots = Slots(limit: Self.connectionLimit)
    try await server.executeThenClose { pending in
      try await withThrowingDiscardingTaskGroup { group in
        for try await peer in pending {
          await slots.take()
          group.addTask {
            await self.serve(peer)
            slots.giveBack()
          }
        }
        group.cancelAll()
      }
    }
  }

  /// TLS, then CoAP if both agree on it; a peer that dawdles in between is cut off. Before the manager has a certificate
  /// there is nothing to say: a gateway comes again.
  private func initialise(_ channel: any Channel) throws -> Pending {
    guard let context = identity.context, addresses.admits(channel) else {
      // The server forgets a channel whose beginning failed, and closes nothing.
      channel.close(promise: nil)
      throw ChannelError.ioOnClosedChannel
    }
    let deadline = channel.eventLoop.scheduleTask(in: Self.handshakeLimit) { channel.close(promise: nil) }
    let negotiation = NIOTypedApplicationProtocolNegotiationHandler<GatewayPeer?> { result, channel in
      channel.eventLoop.makeCompletedFuture {
        deadline.cancel()
        guard case .negotiated("coap") = result,
          let certificate = try channel.pipeline.syncOperations.nioSSL_peerCertificate()
        else {
          channel.close(promise: nil)
          return nil
        }
        return GatewayPeer(
          certificate: try certificate.toDERBytes(),
          connection: try CoAPConnection(addingHandlersTo: channel, configuration: Self.connection))
      }
    }
    try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), negotiation)
    return negotiation.protocolNegotiationResult
  }

  private func serve(_ pending: Pending) async {
    // A handshake that fails is the peer's business; it says so itself.
    guard let peer = try? await pending.get() else { return }
    do {
      let name = try await letIn(peer)
      await serve(peer.connection, of: name)
    } catch {
      logger.warning("a gateway was turned away", metadata: ["error": "\(error)"])
      await peer.connection.abort((error as? ManagerError)?.reason ?? "the manager cannot tell who this is")
    }
  }

  /// Admitted twice: what was true before the connection could be found, and so ended, may have changed meanwhile.
  private func letIn(_ peer: GatewayPeer) async throws -> String {
    let (name, certificate, isNext) = try await gate.admit(peer.certificate)
    if isNext { try await ledger.commit(.adoptGatewayCertificate(name, certificate), by: .gateway(name)) }
    if let older = connections.add(peer.connection, of: name, with: certificate) {
      Task { await older.abort("another connection of this gateway took the place of this one") }
    }
    do {
      _ = try await gate.admit(peer.certificate)
    } catch {
      _ = connections.remove(peer.connection, of: name)
      throw error
    }
    return name
  }

  private func serve(_ connection: CoAPConnection, of name: String) async {
    tell(name, connected: true)
    do {
      try await engine.gatewayConnected(name)
      try await connection.run { request in
        // What a gateway says for itself comes from no line.
        guard request.value(of: .musterLine) == nil, request.uriPath == GatewayRenewals.path else {
          return await desk.answer(request, from: name)
        }
        return await renewals.answer(request, from: name)
      }
    } catch {
      logger.info("a gateway's connection ended", metadata: ["gateway": "\(name)", "error": "\(error)"])
    }
    if connections.remove(connection, of: name) { tell(name, connected: false) }
  }

  private func tell(_ name: String, connected: Bool) {
    var event = ManagerEvent(.gateway, at: ledger.clock.now)
    event.gateway = name
    event.connected = connected
    ledger.events(event)
  }
}

/// What a handshake left: the peer's certificate, and the connection.
struct GatewayPeer: Sendable {
  /// DER.
  let certificate: [UInt8]
  let connection: CoAPConnection
}
