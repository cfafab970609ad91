import Logging
import ServiceLifecycle
import UnixSignals

extension Gateway {
  /// Serves until SIGTERM or SIGINT, then closes lines, connection and status socket.
  /// - Throws: ``GatewayError`` when it cannot start.
  public nonisolated func runUntilSignalled() async throws {
    // What there is to say, the gateway reports itself.
    let quiet = Logger(label: "gateway") { _ in SwiftLogNoOpLogHandler() }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: self, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
  }
}
