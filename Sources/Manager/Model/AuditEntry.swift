public import Foundation

/// Who made something happen.
enum Actor: Sendable, Equatable {
  /// An administrator, by the name in the client certificate.
  case administrator(String)
  /// A device, by the bootstrap key that it proved to hold.
  case device(DeviceID)
  case gateway(String)
  /// The CA, by a list that it signed.
  case authority
  /// The manager on its own: the next step of something begun, a timer, a policy.
  case manager

  var text: String {
    switch self {
    case .administrator(let name): "administrator \(name)"
    case .device(let id): "device \(id)"
    case .gateway(let name): "gateway \(name)"
    case .authority: "ca"
    case .manager: "manager"
    }
  }
}

/// One line of the audit trail: written in the transaction of what it tells of, or neither happens.
public struct AuditEntry: Sendable, Equatable, Codable {
  /// Rises by one or more with each entry.
  public var number: Int64
  /// When it happened.
  public var at: Date
  /// Who made it happen.
  public var actor: String
  /// What happened, a stable word such as `device-approved`.
  public var action: String
  /// Whom it concerns: a device id, a gateway's name, or `manager`.
  public var subject: String
  /// More about it, by name; no secrets.
  public var detail: [String: String]
}
