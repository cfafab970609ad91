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

extension RevocationView {
  init(_ record: RevocationRecord) {
    self.init(
      serial: record.serial, reason: record.reason.name, source: record.source, revokedAt: record.revokedAt,
      toldAt: record.toldAt, trouble: record.trouble, nextTryAt: record.nextTryAt)
  }
}
