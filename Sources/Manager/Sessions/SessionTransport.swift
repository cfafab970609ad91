import CoAP
import CoAPStream

/// The way to devices through their sessions: what is asked of a device is protected, always.
struct SessionTransport: DeviceTransport {
  let lines: any LineTransport
  let sessions: SessionKeeper

  func request(
    _ message: CoAPMessage, to device: Device, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let route = device.route else { throw ManagerError(.unreachable, "It has not called yet.") }
    guard let thumbprint = device.thumbprint else {
      throw ManagerError(.unreachable, "It has not proved its key yet: it has to call first.")
    }
    let answer = try await exchange(message, with: thumbprint, over: route, timeout: timeout)
    // The device wants to know that the request is of now (RFC 9175 §2.3): once more, with what it gave.
    guard answer.wantsEcho else { return answer }
    let again = try await exchange(message, with: thumbprint, over: route, timeout: timeout)
    // Not the device's word about the request: that took too long on its way, twice.
    guard !again.wantsEcho else { throw ManagerError(.unreachable, "The requests to it arrive too late.") }
    return again
  }

  private func exchange(
    _ message: CoAPMessage, with thumbprint: Thumbprint, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    let outgoing = try await sessions.protect(message, to: thumbprint)
    return try await sessions.open(
      try await lines.request(outgoing.message, over: route, timeout: timeout), to: outgoing)
  }
}

extension CoAPMessage {
  /// Whether the device has done nothing yet, and wants to see first that the request is of now.
  fileprivate var wantsEcho: Bool { code == .unauthorized && value(of: .echo) != nil }
}
