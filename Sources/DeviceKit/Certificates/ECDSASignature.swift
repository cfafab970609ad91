/// `ECDSA-Sig-Value` (RFC 3279 §2.2.3), and r and s side by side as PSA and COSE have signatures.
enum ECDSASignature {
  /// Unpacks a signature into zeros.
  ///
  /// - Throws: ``CertificateRefusal/signatureEncoding`` unless it is two positive, minimal integers of at most 256 bits.
  static func unpack(
    _ bytes: Span<UInt8>, _ content: Range<Int>, into signature: inout InlineArray<64, UInt8>
  ) throws(CertificateRefusal) {
    do throws(CertificateRefusal) {
      var reader = DERReader(bytes, from: content.lowerBound, to: content.upperBound)
      let outer = try reader.enter(DERTag.sequence)
      guard reader.end == outer else { throw .signatureEncoding }
      for half in 1...2 {
        guard let number = try reader.positiveInteger(), number.count <= 32 else { throw .signatureEncoding }
        for index in number { signature[half * 32 - number.upperBound + index] = bytes[index] }
      }
      try reader.leave(outer)
    } catch {
      throw .signatureEncoding
    }
  }

  /// Packs r and s, of 32 bytes each.
  static func pack(_ signature: Span<UInt8>, into writer: inout DERWriter) {
    let pair = writer.begin(DERTag.sequence)
    writer.positiveInteger(signature.extracting(0..<32))
    writer.positiveInteger(signature.extracting(32..<64))
    writer.end(pair)
  }
}
