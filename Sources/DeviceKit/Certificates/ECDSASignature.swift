/// Unpacks `ECDSA-Sig-Value` (RFC 3279 §2.2.3) into r and s side by side, as PSA and COSE have signatures.
enum ECDSASignature {
  /// - Throws: ``CertificateRefusal/signatureEncoding`` unless it is two positive, minimal integers of at most 256 bits.
  static func unpack(
    _ bytes: Span<UInt8>, _ content: Range<Int>, into signature: inout InlineArray<64, UInt8>
  ) throws(CertificateRefusal) {
    do throws(CertificateRefusal) {
      var outermost = DERReader(bytes, content)
      var pair = try outermost.enter(DERTag.sequence)
      try outermost.finish()
      for half in 1...2 {
        guard let number = positiveInteger(bytes, try pair.next(DERTag.integer)), number.count <= 32 else {
          throw .signatureEncoding
        }
        for index in (half * 32 - 32)..<(half * 32 - number.count) { signature[index] = 0 }
        for index in number { signature[half * 32 - number.upperBound + index] = bytes[index] }
      }
      try pair.finish()
    } catch {
      throw .signatureEncoding
    }
  }

  /// Packs r and s, of 32 bytes each, as `ECDSA-Sig-Value`.
  static func pack(_ signature: Span<UInt8>, into writer: inout DERWriter) {
    let pair = writer.begin(DERTag.sequence)
    for half in 0..<2 {
      var first = half * 32
      let end = first + 32
      while first < end - 1, signature[first] == 0 { first += 1 }
      let number = writer.begin(DERTag.integer)
      if signature[first] >= 0x80 { writer.octet(0) }
      writer.octets(signature.extracting(first..<end))
      writer.end(number)
    }
    writer.end(pair)
  }
}
