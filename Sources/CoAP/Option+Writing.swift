extension Option {
  /// How many bytes stand before an option's value: the two nibbles and their extensions (RFC 7252 §3.1).
  ///
  /// - Parameters:
  ///   - delta: the number less the one of the option before, 0 to 65,535.
  ///   - valueBytes: 0 to 65,804.
  public static func headerBytes(delta: Int, valueBytes: Int) -> Int {
    1 + Self.extensionBytes(delta) + Self.extensionBytes(valueBytes)
  }

  /// Writes what stands before an option's value.
  ///
  /// - Parameters:
  ///   - position: where in the buffer, which has room for `headerBytes(delta:valueBytes:)` there.
  /// - Returns: where the value goes.
  // Once, not at each caller: code size.
  @inline(never)
  public static func writeHeader(
    delta: Int, valueBytes: Int, to buffer: inout MutableSpan<UInt8>, at position: Int
  ) -> Int {
    buffer[position] = Self.nibble(delta) << 4 | Self.nibble(valueBytes)
    let next = Self.writeExtension(delta, to: &buffer, at: position + 1)
    return Self.writeExtension(valueBytes, to: &buffer, at: next)
  }

  private static func extensionBytes(_ value: Int) -> Int {
    value < 13 ? 0 : value < 269 ? 1 : 2
  }

  private static func nibble(_ value: Int) -> UInt8 {
    value < 13 ? UInt8(truncatingIfNeeded: value) : value < 269 ? 13 : 14
  }

  private static func writeExtension(_ value: Int, to buffer: inout MutableSpan<UInt8>, at position: Int) -> Int {
    guard value >= 13 else { return position }
    guard value >= 269 else {
      buffer[position] = UInt8(truncatingIfNeeded: value - 13)
      return position + 1
    }
    buffer[position] = UInt8(truncatingIfNeeded: (value - 269) >> 8)
    buffer[position + 1] = UInt8(truncatingIfNeeded: value - 269)
    return position + 2
  }
}
