import COSE

extension KeySchedule {
  /// EDHOC_Exporter (RFC 9528 §4.2.1), out of PRK_4e3m and TH_4. PRK_out and PRK_exporter are derived anew each time:
  /// they are needed twice a session, and one key less to keep.
  func export<Crypto: Cryptography & ~Copyable>(
    label: UInt8, context: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    var out = InlineArray<32, UInt8>(repeating: 0)
    var exporter = InlineArray<32, UInt8>(repeating: 0)
    defer {
      out.erase()
      exporter.erase()
    }
    var bytes = out.mutableSpan
    try self.derive(.out, into: &bytes, with: crypto)
    bytes = exporter.mutableSpan
    try Self.derive(
      KDFLabel.exporter.rawValue, from: out.span, context: KDFContext(context.extracting(0..<0)), into: &bytes,
      with: crypto)
    try Self.derive(label, from: exporter.span, context: KDFContext(context), into: &output, with: crypto)
  }
}
