extension UInt64 {
  /// The same number in 64 bits.
  ///
  /// `UInt64(_:)` goes through arrays of words on 32-bit targets, which the embedded rule's `-no-allocations` refuses
  /// (Swift 6.3). This initialiser of the standard library does not; it is used here and nowhere else.
  init(widening value: UInt32) {
    self.init(_truncatingBits: UInt(value))
  }
}
