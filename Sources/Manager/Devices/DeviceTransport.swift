import CoAPStream

/// The way to a device's line: one request, one answer.
protocol DeviceTransport: Sendable {
  /// - Throws: ``ManagerError`` with code `unreachable` when there is no way or no answer.
  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage
}
