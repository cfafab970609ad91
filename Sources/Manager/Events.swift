public import Foundation

/// What the manager tells the world while it runs: with `muster manager run --json`, one JSON object a line.
public struct ManagerEvent: Sendable, Equatable, Codable {
  /// What kind of event it is. The names are stable.
  public enum Kind: String, Sendable, Codable {
    /// Both listeners are open; `admin` and `gateways` are the addresses. Administrators are served from now on.
    case listening
    /// Gateways are let in from now on as well: the manager has its certificates. The addresses again.
    case ready
    /// A device went from state to state.
    case device
    /// A device does not go on, and why.
    case trouble
    /// A device is on another line or gateway than before, and where.
    case moved
    /// Somebody did what an honest device does not, see ``Alarm``.
    case alarm
    /// A gateway connected or went.
    case gateway
    /// One of the manager's own certificates arrived.
    case identity
    /// The manager cannot get one of its own certificates yet, and why.
    case waiting
    /// The CA takes no orders from this manager any more: `role`, `problem` and why. It must be enrolled again.
    case disowned
    /// Several looks in a row for what the CA revoked came to nothing, and why: `detail`.
    case authoritySilent = "ca-silent"
    /// The audit trail is not what the manager signed before, and how: somebody else has written to the database.
    case tampered
    /// The manager is about to end.
    case stopping
  }

  /// What happened.
  public var event: Kind
  /// When.
  public var at: Date
  /// The device's id.
  public var device: String?
  /// The device's state before; none for a device that is new.
  public var from: String?
  /// The device's state now.
  public var to: String?
  /// A certificate's serial number, in hexadecimal.
  public var serial: String?
  /// The gateway's name.
  public var gateway: String?
  /// Whether the gateway is connected now.
  public var connected: Bool?
  /// The manager's role that a certificate is for: `ra` or `server`.
  public var role: String?
  /// The problem's code, see ``Problem/Code-swift.enum``.
  public var problem: String?
  /// The problem in words.
  public var detail: String?
  /// Address and port of the admin listener.
  public var admin: String?
  /// Address and port of the gateway listener.
  public var gateways: String?
  /// Address and port of the EST listener; none without one.
  public var est: String?
  /// Address and port of the operations listener; none without one.
  public var operations: String?

  /// An event with nothing but its kind and time.
  public init(_ event: Kind, at: Date) {
    self.event = event
    self.at = at
  }

  /// The event as one line of JSON, without the line feed.
  public var jsonLine: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom(ManagerDate.encode)
    // Strings, a Bool and a Date always encode.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// The event as a line for people.
  public var line: String {
    switch event {
    case .listening: "listening: administration on \(admin ?? "-"), gateways on \(gateways ?? "-")"
    case .ready: "ready: administration on \(admin ?? "-"), gateways on \(gateways ?? "-")"
    case .device:
      "device \(device ?? "-"): \(from.map { "\($0) -> " } ?? "")\(to ?? "-")"
        + (serial.map { ", certificate \($0)" } ?? "")
    case .trouble: "device \(device ?? "-"): \(problem ?? "-"): \(detail ?? "")"
    case .moved: "device \(device ?? "-"): \(detail ?? "")"
    case .alarm: "ALARM: device \(device ?? "-"): \(problem ?? "-"): \(detail ?? "")"
    case .gateway: "gateway \(gateway ?? "-") \(connected == true ? "connected" : "disconnected")"
    case .identity: "the manager's \(role ?? "-") certificate is \(serial ?? "-")"
    case .waiting: "the manager's \(role ?? "-") certificate: \(detail ?? "-")"
    case .disowned: "the CA takes no orders from this manager: \(detail ?? "-")"
    case .authoritySilent: "WARNING: what the CA revoked is not known: \(detail ?? "-")"
    case .tampered: "ALARM: the audit trail was tampered with: \(detail ?? "-")"
    case .stopping: "stopping"
    }
  }
}

/// Where events go. Called on any task, in the order of the events of one device.
public typealias EventSink = @Sendable (ManagerEvent) -> Void

/// RFC 3339 in UTC with milliseconds: how every date leaves the manager.
enum ManagerDate {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  static func encode(_ date: Date, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(date.formatted(style))
  }

  static func decode(from decoder: any Decoder) throws -> Date {
    let container = try decoder.singleValueContainer()
    return try Date(try container.decode(String.self), strategy: style)
  }
}
