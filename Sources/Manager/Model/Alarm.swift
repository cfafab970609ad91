public import Foundation

/// Something that an honest device does not do: shown until an administrator has seen it, and in the audit trail for good.
public struct Alarm: Sendable, Equatable, Codable {
  /// What kind of alarm it is.
  public var code: Code
  /// What exactly was seen, in a sentence.
  public var detail: String
  /// When.
  public var at: Date

  init(_ code: Code, _ detail: String, at: Date) {
    self.code = code
    self.detail = detail
    self.at = at
  }

  /// The kinds of alarm. The names are part of the admin API.
  public enum Code: String, Sendable, Codable, CaseIterable {
    /// Another key than the device's proved itself and called under the device's id.
    case otherKey = "other-key"
    /// The device's key proved itself and called under another id.
    case otherID = "other-id"
    /// The device's key was seen at another line or gateway than before: it was moved, or it was copied.
    case moved
  }
}

/// A place where a device was seen, and since when.
struct RouteRecord: Sendable, Equatable {
  var route: Route
  var since: Date
}
