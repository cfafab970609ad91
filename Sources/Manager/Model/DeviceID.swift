/// A device's name in the manager: the serial number its maker gave it, which is also in its certificate's subject.
///
/// It becomes part of URLs, file names and DNS names: 1 to 32 letters, digits and hyphens (docs/spec/device.md), and no
/// hyphen in front, where it would read as an option.
public struct DeviceID: Hashable, Sendable, CustomStringConvertible, Codable {
  /// The serial number itself.
  public let text: String

  /// - Throws: ``ManagerError`` with code `invalid` when `text` is no possible device id.
  public init(_ text: String) throws(ManagerError) {
    guard NameRule.allowsDevice(text) else {
      throw ManagerError(
        .invalid, "'\(text.prefix(64))' cannot be a device id.",
        remedy: "Use 1 to 32 letters, digits or hyphens, beginning with a letter or digit.")
    }
    self.text = text
  }

  /// - Throws: as ``init(_:)``.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  /// As one string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// The serial number itself.
  public var description: String { text }
}

/// What devices, gateways and lines may be called.
enum NameRule {
  /// A device: 1 to 32 letters, digits and hyphens, beginning with a letter or a digit.
  static func allowsDevice(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= 32, isLower(first) || isUpper(first) else { return false }
    return bytes.allSatisfy { isLower($0) || isUpper($0) || $0 == UInt8(ascii: "-") }
  }

  /// A gateway or a line: a DNS label in lower case (RFC 1123 §2.1), since `<line>.<gateway>` is a Uri-Host.
  static func allowsLabel(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...63).contains(bytes.count) && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
      && bytes.allSatisfy { isLower($0) || $0 == UInt8(ascii: "-") }
  }

  /// Text for people that can be shown anywhere, a model or a firmware's version: 1 to 64 printable ASCII characters.
  static func allowsText(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
