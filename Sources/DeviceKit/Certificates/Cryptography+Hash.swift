import COSE

extension Cryptography where Self: ~Copyable {
  /// SHA-256 of bytes that are at hand whole.
  func hash(_ bytes: Span<UInt8>, into digest: inout InlineArray<32, UInt8>) throws(DeviceFault) {
    do throws(CryptoError) {
      var hash = try makeHash()
      try hash.update(bytes)
      var span = digest.mutableSpan
      try hash.finish(into: &span)
    } catch {
      throw .crypto(error)
    }
  }
}
