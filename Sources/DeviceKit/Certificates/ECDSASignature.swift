/// `ECDSA-Sig-Value` (RFC 3279 §2.2.3), and r and s side by side as PSA and COSE have signatures.
enum ECDSASignature {
  /// Unpacks a signature into zeros.
  ///
  /// - Throws: ``CertificateRefusal/signatureEncoding`` unless it is two positive, minimal integers of at most 256
  ///   bits.
  static func unpack(
    _ bytes: Span<UInt8>, _ content: Range<Int>, into signature: inout InlineArray<64, UInt8>
  ) throws(CertificateRefusal) {
    var reader = DERReader(
      bytes, from: content.lowerBound, to: content.upperBound, malformed: .signatureEncoding)
    reader.enter(DERTag.sequence)
    reader.require(reader.end == content.upperBound, .signatureEncoding)
    for half in 1...2 {
      let number = reader.positiveInteger(maxOctets: 32, .signatureEncoding)
      guard number.count <= 32 else { break }
      for index in number { signature[half * 32 - number.upperBound + index] = bytes[index] }
    }
    reader.leave()
    try reader.finish()
  }

  /// Packs r and s, of 32 bytes each.
  static func pack(_ signature: Span<UInt8>, into writer: inout DERWriter) {
    writer.begin(DERTag.sequence)
    writer.positiveInteger(signature.extracting(0..<32))
    writer.positiveInteger(signature.extracting(32..<64))
    writer.end()
  }
}
