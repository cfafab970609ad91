extension MutableSpan<UInt8> {
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
