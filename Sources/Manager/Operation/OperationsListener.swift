import Edge
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Where a machine's own watchers look: plain HTTP on a loopback address, nothing that changes anything, nothing secret.
struct OperationsListener: Service {
  let address: ListenAddress
  let readiness: ReadinessDesk
  let metrics: ManagerMetrics
  let logger: Logger
  /// Told of the address once the socket is open.
  let onOpen: @Sendable (SocketAddress) -> Void

  private static let connections = 32

  func run() async throws {
    let http = HTTP1Channel.Configuration(
      idleTimeout: .seconds(30),
      httpDecoderConfiguration: .init(maxHeaderFieldSize: 4096, maxHeaderListSize: 8192, maxHeaderFieldCount: 32))
    let listener = HTTPListener(
      address: address, peers: "watchers", flag: "--operations", connections: Self.connections, logger: logger,
      onOpen: onOpen)
    try await listener.run(
      router().buildResponder(),
      .http1(configuration: http))
  }

  private func router() -> Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: LoopbackHosts())
    // Alive is who answers; everything else is the next one's.
    router.get("health") { _, _ in try AdminAnswer.json(["status": "alive"]) }
    router.get("ready") { _, _ in
      let state = await readiness.look()
      return try AdminAnswer.json(state, status: state.ready ? .ok : .serviceUnavailable)
    }
    router.get("metrics") { _, _ in
      do {
        return AdminAnswer.bytes(Array(try await metrics.text().utf8), type: PrometheusText.mediaType)
      } catch {
        logger.error("the metrics cannot be read", metadata: ["error": "\(error)"])
        return Response(status: .serviceUnavailable)
      }
    }
    return router
  }
}

/// Answers only who asks for this machine by a loopback name: a web page that has its own name point here gets nothing.
private struct LoopbackHosts: RouterMiddleware {
  func handle(
    _ request: Request, context: BasicRequestContext,
    next: (Request, BasicRequestContext) async throws -> Response
  ) async throws -> Response {
    guard let host = request.head.authority.flatMap({ HostPort($0, usualPort: 80) }), host.isLoopback else {
      return Response(status: .misdirectedRequest)
    }
    return try await next(request, context)
  }
}

extension HostPort {
  /// Whether it is this machine, by a name or an address that can be no other: `localhost`, 127.0.0.0/8, `::1`.
  var isLoopback: Bool {
    if host.lowercased() == "localhost" { return true }
    guard let address = try? SocketAddress(ipAddress: host, port: port) else { return false }
    // Both as the system writes them, whatever was given: there is one way to write each.
    return address.protocol == .inet ? address.ipAddress?.hasPrefix("127.") == true : address.ipAddress == "::1"
  }
}
