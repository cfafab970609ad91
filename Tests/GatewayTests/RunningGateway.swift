import Foundation
import SerialLink

@testable import Gateway

/// A gateway under test, with quick back-offs and its events as a stream.
final class RunningGateway: Sendable {
  let gateway: Gateway
  private let events: AsyncStream<GatewayEvent>
  private let task: Task<Void, any Error>

  init(
    _ pki: TestPKI, managerPort: Int, managerHost: String = "127.0.0.1", managerName: String? = nil, lines: [NamedLine],
    routing: RouterLimits = RouterLimits(), directory: TemporaryDirectory? = nil,
    udp: UDPSettings? = nil, adjust: (inout GatewayConfiguration) throws -> Void = { _ in }
  ) throws {
    var configuration = try GatewayConfiguration(
      identity: try pki.gatewayIdentity(), manager: ManagerAddress(host: managerHost, port: managerPort),
      managerName: managerName, lines: lines, udp: udp, traceDirectory: directory?.path,
      statusSocket: directory?.file("status"))
    configuration.managerBackoff = Backoff(floor: .milliseconds(5), ceiling: .milliseconds(50))
    configuration.lineSettings = LineSettings(
      link: LinkConfiguration(maxPayloadBytes: 240, initialRetryMilliseconds: 50),
      backoff: Backoff(floor: .milliseconds(5), ceiling: .milliseconds(50)))
    configuration.routing = routing
    try adjust(&configuration)
    let (events, sink) = AsyncStream.makeStream(of: GatewayEvent.self)
    let gateway = Gateway(configuration: configuration) { sink.yield($0) }
    self.gateway = gateway
    self.events = events
    self.task = Task {
      defer { sink.finish() }
      try await gateway.run()
    }
  }

  /// The next event that `matches`; nil when the gateway has ended before.
  func first(where matches: (GatewayEvent) -> Bool) async -> GatewayEvent? {
    for await event in events where matches(event) { return event }
    return nil
  }

  func waitUntilConnected() async {
    _ = await first { if case .managerConnected = $0 { true } else { false } }
  }

  /// Why the manager could not be reached, the next time that it could not.
  func managerFailure() async -> String? {
    guard
      case .managerDisconnected(_, let reason, _) = await first(where: {
        if case .managerDisconnected = $0 { true } else { false }
      })
    else { return nil }
    return reason
  }

  /// Waits until it ends by itself, and throws why.
  func end() async throws {
    try await task.value
  }

  /// Ends it, as SIGTERM does.
  func stop() async throws {
    task.cancel()
    try await task.value
  }
}
