import Edge
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// An HTTP server on one address: what the manager's listeners have in common.
struct HTTPListener {
  let address: ListenAddress
  /// Who would connect there, for the sentence that it cannot listen.
  let peers: String
  /// What gives it another address, for the same sentence.
  let flag: String
  /// The most connections at the same time; the next one waits in the backlog until one goes.
  let connections: Int
  let logger: Logger
  /// Told of the address once the socket is open.
  let onOpen: @Sendable (SocketAddress) -> Void

  /// Serves until graceful shutdown or cancellation.
  ///
  /// - Throws: ``ManagerError`` with code `configuration` when it cannot listen.
  func run<Responder: HTTPResponder>(_ responder: Responder, _ server: HTTPServerBuilder) async throws
  where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    // What goes wrong in a request, the routes report; the rest is clients that hang up.
    var quiet = logger
    quiet.logLevel = .critical
    let application = Application(
      responder: responder, server: server,
      configuration: .init(
        address: .hostname(address.host, port: address.port), serverName: nil, backlog: min(connections, 256),
        reuseAddress: true, availableConnectionsDelegate: MaximumAvailableConnections(connections)),
      onServerRunning: { [onOpen] channel in
        if let local = channel.localAddress { onOpen(local) }
      }, logger: quiet)
    do {
      try await application.run()
    } catch let error where error is IOError || error is SocketAddressError || error is SocketAddressError.UnknownHost {
      throw ManagerError.cannotListen(for: peers, on: address, flag: flag, error)
    }
  }
}
