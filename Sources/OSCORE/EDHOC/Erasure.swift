/// Overwrites what must not stay in memory.
///
/// Not optimised, so that no compiler finds that nobody reads the zeros.
@inline(never)
@_optimize(none)
func erase(_ bytes: inout MutableSpan<UInt8>) {
  for index in bytes.indices { bytes[index] = 0 }
}

extension InlineArray where Element == UInt8 {
  /// Overwrites it with zeros.
  mutating func erase() {
    var bytes = self.mutableSpan
    OSCORE.erase(&bytes)
  }
}
