/// The start of an RFC 8323 frame: what is known before the frame is there whole (RFC 8323 §3.2).
///
///     0 1 2 3 4 5 6 7
///     [ Len | TKL ] [ Extended Length, 0/1/2/4 ] [ Code ] [ Token, TKL ] [ Options ] [ 0xFF Payload ]
///
/// `Len` counts options, marker and payload. Its ranges do not overlap (0 to 12, 13 to 268, 269 to 65804, 65805 and
/// more), so every length has exactly one form and none needs refusing as non-minimal.
struct FrameHeader {
  /// Bytes of the token, 0 to 8.
  let tokenBytes: Int
  /// Where the code stands: 1, 2, 3 or 5.
  let codeOffset: Int
  /// The whole frame, in bytes.
  let frameBytes: Int

  /// Reads the header.
  ///
  /// - Returns: nil when the length is not there whole yet.
  /// - Throws: `tokenTooLong`; `frameTooLong` when the frame would exceed `limit` bytes.
  init?(_ bytes: Span<UInt8>, limit: Int) throws(CoAPError) {
    guard bytes.count > 0 else { return nil }
    let tokenBytes = Int(bytes[0] & 15)
    guard tokenBytes <= CoAPLimits.maxTokenBytes else { throw .tokenTooLong }
    let nibble = bytes[0] >> 4
    let extended = nibble < 13 ? 0 : 1 << Int(nibble - 13)
    guard bytes.count > extended else { return nil }
    var length: UInt32 = 0
    for index in 0..<extended { length = length << 8 | UInt32(bytes[1 + index]) }
    // A length whose sum would wrap is beyond every limit.
    guard length <= UInt32(Int32.max) - 65_805 - 32 else { throw .frameTooLong }
    switch nibble {
    case 0..<13: length = UInt32(nibble)
    case 13: length += 13
    case 14: length += 269
    default: length += 65_805
    }
    self.tokenBytes = tokenBytes
    self.codeOffset = 1 + extended
    self.frameBytes = 2 + extended + tokenBytes + Int(length)
    guard self.frameBytes <= limit else { throw .frameTooLong }
  }
}
