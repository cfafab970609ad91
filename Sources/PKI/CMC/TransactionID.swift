import SwiftASN1

/// CMC's transaction identifier (RFC 5272 §6.6): the same one in every repetition of the same order.
///
/// It is a positive INTEGER there; here it is always made of 16 random bytes, so that no registration authority can guess
/// another's or has to count.
public struct TransactionID: Hashable, Sendable {
  /// The INTEGER's content in DER: big-endian, no superfluous leading zero.
  public let bytes: [UInt8]

  /// An identifier that has never been used.
  public static func random() -> TransactionID {
    var bytes = randomBytes(16)
    bytes[0] = bytes[0] & 0x3F | 0x40
    return TransactionID(unchecked: bytes)
  }

  /// The identifier with these bytes, or nil when they are not the DER of a positive INTEGER of 1 to 64 bytes.
  public init?(bytes: [UInt8]) {
    guard (1...PKILimits.nonceBytes).contains(bytes.count), let first = bytes.first, first < 0x80 else { return nil }
    if first == 0 && (bytes.count == 1 || bytes[1] < 0x80) { return nil }
    self.bytes = bytes
  }

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// Lower-case hexadecimal, for tables and logs.
  public var hexadecimal: String { bytes.hexadecimal }
}
