/// Milliseconds of the caller's clock.
typealias Moment = UInt64

extension Moment {
  /// The moment so many milliseconds later.
  ///
  /// Where `UInt` has 32 bits, every other conversion of a shorter integer to 64 bits goes through arrays of words,
  /// which Embedded Swift without allocations refuses to compile.
  func later(by milliseconds: UInt32) -> Moment {
    self &+ Moment(_truncatingBits: UInt(milliseconds))
  }
}
