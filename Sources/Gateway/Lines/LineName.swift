/// A line's name: the first label of the host names under which the manager calls its device.
///
/// 1 to 63 of `a`–`z`, `0`–`9` and `-`, with no hyphen at either end (a DNS label, RFC 1123 §2.1, in the lower case that
/// Uri-Host is normalised to by RFC 7252 §6.4). It also names the line's trace file, so nothing else may be in it.
public struct LineName: Hashable, Sendable, CustomStringConvertible {
  /// The label itself.
  public let rawValue: String

  /// - Returns: nil when `rawValue` is no such label.
  public init?(_ rawValue: String) {
    let bytes = rawValue.utf8
    guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"),
      bytes.allSatisfy(Self.isAllowed)
    else { return nil }
    self.rawValue = rawValue
  }

  public var description: String { rawValue }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
