extension FrameHeader {
  /// How many bytes the length takes behind its nibble: 0, 1, 2 or 4 (RFC 8323 §3.2).
  ///
  /// - Parameter bodyBytes: options, marker and payload.
  static func extendedLengthBytes(_ bodyBytes: Int) -> Int {
    bodyBytes < 13 ? 0 : bodyBytes < 269 ? 1 : bodyBytes < 65_805 ? 2 : 4
  }

  /// Writes the first byte and the extended length at the buffer's front, which has room for them.
  // Once, not at each caller: code size.
  @inline(never)
  static func writeLength(_ bodyBytes: Int, tokenBytes: Int, to buffer: inout MutableSpan<UInt8>) {
    var index = Self.extendedLengthBytes(bodyBytes)
    var value = UInt32(truncatingIfNeeded: bodyBytes)
    let nibble: UInt8
    switch index {
    case 0: nibble = UInt8(truncatingIfNeeded: value)
    case 1: (nibble, value) = (13, value - 13)
    case 2: (nibble, value) = (14, value - 269)
    default: (nibble, value) = (15, value - 65_805)
    }
    buffer[0] = nibble << 4 | UInt8(truncatingIfNeeded: tokenBytes)
    while index > 0 {
      buffer[index] = UInt8(truncatingIfNeeded: value)
      value >>= 8
      index -= 1
    }
  }
}

extension Message {
  /// How many bytes stand before the options: length, code and token.
  ///
  /// - Parameters:
  ///   - token: the message's.
  ///   - bodyBytes: options, marker and payload together.
  public static func headerBytes(token: Token, bodyBytes: Int) -> Int {
    2 + FrameHeader.extendedLengthBytes(bodyBytes) + token.count
  }

  /// Writes what stands before the options, for those who edit a frame in place and have its body where it belongs.
  ///
  /// - Parameters:
  ///   - bodyBytes: options, marker and payload together.
  ///   - buffer: gets the header at its front; at least `headerBytes(token:bodyBytes:)` long.
  public static func writeHeader(code: Code, token: Token, bodyBytes: Int, to buffer: inout MutableSpan<UInt8>) {
    FrameHeader.writeLength(bodyBytes, tokenBytes: token.count, to: &buffer)
    let position = 1 + FrameHeader.extendedLengthBytes(bodyBytes)
    buffer[position] = code.rawValue
    for index in 0..<token.count { buffer[position + 1 + index] = token[index] }
  }
}
