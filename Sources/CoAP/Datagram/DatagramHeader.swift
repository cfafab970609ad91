/// The first four bytes of a datagram (RFC 7252 §3).
///
///     0 1   2 3    4 5 6 7
///     [ Ver | Type | TKL ] [ Code ] [ Message ID, 2 ] [ Token, TKL ] [ Options ] [ 0xFF Payload ]
///
/// They can be read even where the rest is malformed, so that a confirmable message can be rejected by its number.
public struct DatagramHeader: Equatable, Sendable {
  /// What the datagram is for the message layer.
  public let type: DatagramType
  /// Bytes of the token as the nibble says, 0 to 15; more than 8 are an error.
  public let tokenBytes: Int
  /// Method or response code; not judged here.
  public let code: Code
  /// Tells a message from its repetitions and names it in acknowledgement and reset.
  public let messageID: UInt16

  /// How long it is, in bytes.
  public static let bytes = 4

  /// Reads the header.
  ///
  /// - Throws: `truncated`, `unknownVersion`.
  public init(_ datagram: Span<UInt8>) throws(DatagramError) {
    guard datagram.count >= Self.bytes else { throw .truncated }
    guard datagram[0] >> 6 == 1, let type = DatagramType(rawValue: datagram[0] >> 4 & 3) else {
      throw .unknownVersion
    }
    self.type = type
    self.tokenBytes = Int(datagram[0] & 15)
    self.code = Code(rawValue: datagram[1])
    self.messageID = UInt16(datagram[2]) << 8 | UInt16(datagram[3])
  }

  /// A header by its parts.
  public init(type: DatagramType, code: Code, messageID: UInt16, tokenBytes: Int = 0) {
    self.type = type
    self.tokenBytes = tokenBytes
    self.code = code
    self.messageID = messageID
  }

  /// Writes the header at the front of `buffer`: with code 0.00 and no token, a whole empty message.
  ///
  /// - Returns: 4.
  /// - Throws: `noSpace`, `tokenTooLong`.
  @discardableResult
  public func write(into buffer: inout MutableSpan<UInt8>) throws(DatagramError) -> Int {
    guard self.tokenBytes <= CoAPLimits.maxTokenBytes else { throw .tokenTooLong }
    guard buffer.count >= Self.bytes else { throw .noSpace }
    buffer[0] = 1 << 6 | self.type.rawValue << 4 | UInt8(truncatingIfNeeded: self.tokenBytes)
    buffer[1] = self.code.rawValue
    buffer[2] = UInt8(truncatingIfNeeded: self.messageID >> 8)
    buffer[3] = UInt8(truncatingIfNeeded: self.messageID)
    return Self.bytes
  }
}
