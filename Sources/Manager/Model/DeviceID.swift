/// A device's name in the manager: the serial number its maker gave it, which is also in its certificate's subject.
///
/// It becomes part of URLs, file names and DNS names, so only letters, digits, `.`, `_` and `-` are allowed, and it
/// starts with a letter or a digit. 1 to 32 characters, as the device's own limit is.
public struct DeviceID: Hashable, Sendable, CustomStringConvertible, Codable {
  public let text: String

  /// - Throws: ``ManagerError`` with code `invalid` when `text` is no possible device id.
  public init(_ text: String) throws(ManagerError) {
    guard NameRule.allows(text) else {
      throw ManagerError(
        .invalid, "'\(text.prefix(64))' cannot be a device id.",
        remedy: "Use 1 to 32 letters, digits, '.', '_' or '-', beginning with a letter or digit.")
    }
    self.text = text
  }

  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  public var description: String { text }
}

/// What devices and gateways may be called.
enum NameRule {
  static let maximumBytes = 32

  static func allows(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= maximumBytes, isAlphanumeric(first) else { return false }
    return bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
