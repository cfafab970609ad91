extension UInt64 {
  /// The same number with more bits.
  ///
  /// `UInt64(x)` and `UInt64(truncatingIfNeeded: x)` are generic over the source's `words`, and on 32-bit targets
  /// Swift 6.3 then finds array storage in them and refuses to compile under `-no-allocations`. This initialiser is the
  /// one that is not.
  init(widening value: UInt32) {
    self.init(_truncatingBits: UInt(value))
  }

  /// A length or count, which is never negative.
  init(widening count: Int) {
    self.init(_truncatingBits: UInt(bitPattern: count))
  }
}
