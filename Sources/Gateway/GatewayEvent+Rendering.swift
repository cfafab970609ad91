#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension GatewayEvent {
  /// One line of JSON: a flat object with the event's name in `event` and the time in `time`.
  public func json(at time: Date) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and numbers only: encoding them cannot fail.
    let bytes = (try? encoder.encode(Fields(self, at: time))) ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// One line for people.
  public var text: String {
    switch self {
    case .ready(let gateway, let lines, let socket):
      "gateway \(gateway) serves "
        + (lines.isEmpty ? "no line" : lines.map(\.rawValue).joined(separator: ", "))
        + (socket.map { "; status at \($0)" } ?? "")
    case .udpListening(let address): "udp \(address): taking CoAP"
    case .lineOpened(let line): "line \(line): open, greeting the device"
    case .lineUp(let line, let bytes): "line \(line): up, messages of up to \(bytes) bytes"
    case .lineDown(let line, let reason): "line \(line): down: \(reason)"
    case .lineClosed(let line, let reason, let delay): "line \(line): closed: \(reason) (again in \(Self.text(delay)))"
    case .managerConnected(let address): "manager \(address): connected"
    case .managerDisconnected(let address, let reason, let delay):
      "manager \(address): not connected: \(reason) (again in \(Self.text(delay)))"
    case .identityRenewed(let date): "certificate: renewed, valid until \(date.formatted(.iso8601))"
    case .identityUnusable(let reason): "certificate: the new files cannot be used: \(reason)"
    case .renewalFailed(let reason): "certificate: not renewed: \(reason)"
    case .stopped: "stopped"
    }
  }

  private static func text(_ duration: Duration) -> String {
    duration < .seconds(1) ? "\(duration.milliseconds) ms" : "\(duration.components.seconds) s"
  }

  private struct Fields: Encodable {
    var event: String
    var time: String
    var gateway: String?
    var lines: String?
    var statusSocket: String?
    var line: String?
    var maxMessageBytes: Int?
    var manager: String?
    var reason: String?
    var retryAfterMilliseconds: Int?
    var notAfter: String?
    var address: String?

    init(_ event: GatewayEvent, at time: Date) {
      self.event = event.name
      self.time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      switch event {
      case .ready(let gateway, let lines, let socket):
        self.gateway = gateway
        self.lines = lines.map(\.rawValue).joined(separator: ",")
        self.statusSocket = socket
      case .udpListening(let address): self.address = address
      case .lineOpened(let line): self.line = line.rawValue
      case .lineUp(let line, let bytes):
        self.line = line.rawValue
        self.maxMessageBytes = bytes
      case .lineDown(let line, let reason):
        self.line = line.rawValue
        self.reason = reason
      case .lineClosed(let line, let reason, let delay):
        self.line = line.rawValue
        self.reason = reason
        self.retryAfterMilliseconds = delay.milliseconds
      case .managerConnected(let address): self.manager = address.description
      case .managerDisconnected(let address, let reason, let delay):
        self.manager = address.description
        self.reason = reason
        self.retryAfterMilliseconds = delay.milliseconds
      case .identityRenewed(let date): self.notAfter = date.formatted(.iso8601)
      case .identityUnusable(let reason): self.reason = reason
      case .renewalFailed(let reason): self.reason = reason
      case .stopped: break
      }
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Int {
    Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
