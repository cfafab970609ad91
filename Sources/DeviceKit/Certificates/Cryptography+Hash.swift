import COSE

extension Cryptography where Self: ~Copyable {
  /// SHA-256 of bytes that are at hand whole.
  mutating func hash(_ bytes: Span<UInt8>, into digest: inout InlineArray<32, UInt8>) throws(Rejection) {
    do throws(CryptoError) {
      var hash = try makeHash()
      try hash.update(bytes)
      var span = digest.mutableSpan
      try hash.finish(into: &span)
    } catch {
      throw Rejection(error)
    }
  }
}
