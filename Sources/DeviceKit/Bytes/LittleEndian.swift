// Fixed-width integers in DeviceKit's own flash layouts are little-endian (docs/spec/device.md, 'Journal').

extension Span where Element == UInt8 {
  /// The 32-bit integer at an index.
  @inline(never)
  func littleEndian(at index: Int) -> UInt32 {
    var value: UInt32 = 0
    for step in 0..<4 { value |= UInt32(self[index + step]) &<< UInt32(8 * step) }
    return value
  }
}

extension MutableSpan where Element == UInt8 {
  /// Stores a 32-bit integer at an index.
  @inline(never)
  mutating func store(littleEndian value: UInt32, at index: Int) {
    for step in 0..<4 { self[index + step] = UInt8(truncatingIfNeeded: value &>> UInt32(8 * step)) }
  }
}
