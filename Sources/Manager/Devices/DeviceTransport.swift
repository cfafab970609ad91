import CoAPStream

/// The way to a device: one request, one answer.
protocol DeviceTransport: Sendable {
  /// - Throws: ``ManagerError`` with code `unreachable` when there is no way or no answer.
  func request(
    _ message: CoAPMessage, to device: Device, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage
}

/// The way to a line: what is sent there, whoever has the line can read.
protocol LineTransport: Sendable {
  /// - Throws: as ``DeviceTransport``.
  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage
}
