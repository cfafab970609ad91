extension MutableSpan<UInt8> {
  /// Copies bytes to a place of this buffer, which has room for them.
  // Once, not at each caller: code size.
  @inline(never)
  mutating func copy(_ bytes: Span<UInt8>, at position: Int) {
    for index in bytes.indices { self[position + index] = bytes[index] }
  }

  /// Copies bytes to another place of the same buffer; the two may overlap.
  // Once, not at each caller: code size.
  @inline(never)
  mutating func move(from source: Int, count: Int, to target: Int) {
    if target < source {
      for index in 0..<count { self[target + index] = self[source + index] }
    } else if target > source {
      var index = count
      while index > 0 {
        index -= 1
        self[target + index] = self[source + index]
      }
    }
  }
}
