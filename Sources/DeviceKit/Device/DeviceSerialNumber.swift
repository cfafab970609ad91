/// The device's name for life, printed on it: 1 to 32 letters, digits and hyphens, the first no hyphen.
///
/// So it is a PrintableString for its certificate's subject, one label for a DNS name and a file name for tools,
/// without any escaping, and no tool takes it for an option.
public struct DeviceSerialNumber: Sendable {
  private var bytes = InlineArray<32, UInt8>(repeating: 0)
  private let count: Int

  /// Longest serial number, in bytes.
  public static let maxBytes = 32

  /// Takes a serial number from ASCII bytes; `nil` when it is empty, too long, begins with a hyphen or
  /// has another character.
  public init?(_ ascii: Span<UInt8>) {
    guard 1...Self.maxBytes ~= ascii.count, ascii[0] != UInt8(ascii: "-") else { return nil }
    for index in ascii.indices {
      guard Self.allows(ascii[index]) else { return nil }
      bytes[index] = ascii[index]
    }
    count = ascii.count
  }

  /// The ASCII bytes.
  public var ascii: Span<UInt8> {
    @_lifetime(borrow self)
    get { bytes.span.extracting(0..<count) }
  }

  /// Whether it is a letter, a digit or a hyphen.
  static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
