public import Foundation
import PKI

/// A certificate that was withdrawn.
public struct RevocationView: Codable, Sendable, Equatable {
  /// In lower-case hexadecimal.
  public var serial: String
  /// RFC 5280's name of the reason.
  public var reason: String
  /// Who withdrew it first.
  public var source: RevocationSource
  /// Since when it counts for nothing here.
  public var revokedAt: Date
  /// When its CA acknowledged that; none as long as it has not.
  public var toldAt: Date?
  /// Why the CA does not know yet, if it was tried.
  public var trouble: String?
  /// When it is tried again.
  public var nextTryAt: Date?
}

/// The body of `POST /api/v1/devices/ID/revoke`.
public struct RevocationOrder: Codable, Sendable {
  /// RFC 5280's name of the reason, such as `keyCompromise`.
  public var reason: String

  /// A revocation for this reason.
  public init(reason: String) { self.reason = reason }
}

/// What a step of a device's life came to.
public struct DeviceStepView: Codable, Sendable {
  /// False when the device stood there already.
  public var changed: Bool
  /// Whether a session with it was ended by this.
  public var sessionClosed: Bool
  /// As it is now.
  public var device: DeviceView
}

/// What is known of a CA's list of what it revoked.
public struct ListView: Codable, Sendable, Equatable {
  /// The CA's name.
  public var issuer: String
  /// The number of the newest list that was believed, in hexadecimal; none until one was.
  public var number: String?
  /// When that was made.
  public var thisUpdate: Date?
  /// When a list was last believed.
  public var checkedAt: Date?
  /// How many looks in a row came to nothing.
  public var missed: Int
  /// Why the last one did.
  public var trouble: String?
}

/// What a gateway's revocation came to.
public struct GatewayStepView: Codable, Sendable {
  /// False when it was revoked before.
  public var changed: Bool
  /// Whether a connection of it was ended by this.
  public var connectionClosed: Bool
  /// As it is now.
  public var gateway: GatewayView
  /// The devices that were ever seen there. What they said is theirs alone; where they are, the gateway knew.
  public var devices: [String]
  /// Its certificates that were withdrawn.
  public var revocations: [RevocationView]
}

extension RevocationOrder {
  /// - Throws: ``ManagerError`` with code `invalid`.
  func parsed() throws(ManagerError) -> RevocationReason {
    guard let known = RevocationReason(name: reason) else {
      throw ManagerError(
        .invalid, "'\(reason.prefix(40))' is no reason to revoke a certificate.",
        remedy: "Known are: \(RevocationReason.allCases.map(\.name).joined(separator: ", ")).")
    }
    return known
  }
}

extension ListView {
  init(_ record: AuthorityListRecord) {
    self.init(
      issuer: record.issuer, number: record.number, thisUpdate: record.thisUpdate, checkedAt: record.checkedAt,
      missed: record.missed, trouble: record.trouble)
  }
}

extension RevocationView {
  init(_ record: RevocationRecord) {
    self.init(
      serial: record.serial, reason: record.reason.name, source: record.source, revokedAt: record.revokedAt,
      toldAt: record.toldAt, trouble: record.trouble, nextTryAt: record.nextTryAt)
  }
}
