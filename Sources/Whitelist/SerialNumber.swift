/// A certificate's serial number, right-aligned: two are compared as numbers, word by word.
struct SerialNumber: Equatable {
  private var words = InlineArray<5, UInt32>(repeating: 0)

  /// Zero, which no certificate has.
  init() {}

  /// From bytes without a leading zero; nil for any other.
  init?(_ bytes: Span<UInt8>) {
    guard 1...WhitelistLimits.serialNumberBytes ~= bytes.count, bytes[0] != 0 else { return nil }
    for index in bytes.indices { self.add(bytes[index], at: bytes.count - 1 - index) }
  }

  /// Puts a byte in its place, which was zero.
  ///
  /// - Parameter place: counted from the right, from 0 to 19.
  mutating func add(_ byte: UInt8, at place: Int) {
    self.words[4 - (place >> 2)] |= UInt32(byte) &<< UInt32(truncatingIfNeeded: (place & 3) << 3)
  }

  @inline(never)
  static func < (left: SerialNumber, right: SerialNumber) -> Bool {
    for index in 0..<5 where left.words[index] != right.words[index] { return left.words[index] < right.words[index] }
    return false
  }

  static func == (left: SerialNumber, right: SerialNumber) -> Bool {
    for index in 0..<5 where left.words[index] != right.words[index] { return false }
    return true
  }
}
