public import DeviceKit

extension DeviceSerialNumber {
  /// A prefix of two capital letters, a hyphen and a chip's 64-bit id in hexadecimal digits.
  ///
  /// - Parameters:
  ///   - prefix: ASCII letters or digits.
  ///   - high: the upper half of the id.
  ///   - low: the lower half of the id.
  public init?(prefix: (UInt8, UInt8), high: UInt32, low: UInt32) {
    var bytes = InlineArray<19, UInt8>(repeating: UInt8(ascii: "-"))
    bytes[0] = prefix.0
    bytes[1] = prefix.1
    for digit in 0..<16 {
      let word = digit < 8 ? high : low
      let nibble = UInt8(truncatingIfNeeded: word >> UInt32(28 - digit % 8 * 4)) & 0xF
      bytes[3 + digit] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }
    self.init(bytes.span)
  }
}
