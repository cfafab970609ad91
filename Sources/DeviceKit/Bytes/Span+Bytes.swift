extension Span where Element == UInt8 {
  /// Whether two ranges hold the same bytes.
  func isEqual(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
    extracting(first).isEqual(to: extracting(second))
  }

  /// Whether two spans hold the same bytes. Not for secrets: it stops at the first difference.
  @inline(never)
  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}

extension MutableSpan where Element == UInt8 {
  /// The first bytes, for as long as the whole is not touched.
  ///
  /// The standard library's own name for this is not settled in Swift 6.3; it is spelled out here and nowhere else.
  @_lifetime(&self)
  mutating func first(_ count: Int) -> MutableSpan<UInt8> {
    _mutatingExtracting(0..<count)
  }
}
