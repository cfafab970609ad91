/// Overwrites what must not stay in memory.
///
/// Not optimised, so that no compiler learns from it that it only writes, and leaves out the call where nobody reads the
/// zeros.
@inline(never)
@_optimize(none)
package func erase(_ bytes: inout MutableSpan<UInt8>) {
  fillWithZeros(&bytes)
}

/// Optimised: unoptimised, the loop cost a tenth of a handshake.
@inline(never)
private func fillWithZeros(_ bytes: inout MutableSpan<UInt8>) {
  for index in bytes.indices { bytes[index] = 0 }
}

extension InlineArray where Element == UInt8 {
  /// Overwrites it with zeros.
  package mutating func erase() {
    var bytes = self.mutableSpan
    COSE.erase(&bytes)
  }
}
