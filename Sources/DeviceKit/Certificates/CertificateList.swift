/// The outside of a certs-only PKCS#7 (RFC 5652 §5.1, RFC 7030 §4.1.3): SignedData without content and signers.
enum CertificateList {
  /// Bytes before the first certificate, at most.
  static let maxPrefixBytes = 48

  /// Finds the certificates in a PKCS#7 of which only the beginning is at hand.
  ///
  /// - Parameters:
  ///   - prefix: Its first ``maxPrefixBytes`` bytes, or all of it.
  ///   - total: Its length.
  /// - Returns: Where the certificates stand, one after another. What follows them has to be ``suffix``, and nothing else.
  static func certificates(prefix: Span<UInt8>, total: Int) throws(CertificateRefusal) -> Range<Int> {
    var reader = DERReader(prefix, from: 0, to: total)
    do {
      _ = try reader.enter(DERTag.sequence)
    } catch {
      throw .notCertificatesOnly
    }
    guard reader.end == total else { throw .trailingBytes }
    do {
      return try readContent(&reader)
    } catch {
      throw .notCertificatesOnly
    }
  }

  /// The empty set of signers that ends a certs-only PKCS#7.
  static let suffix: InlineArray<2, UInt8> = [0x31, 0x00]

  private static func readContent(_ reader: inout DERReader) throws(CertificateRefusal) -> Range<Int> {
    let end = reader.end
    guard try reader.objectIdentifier() == ObjectIdentifier.signedData else { throw .notCertificatesOnly }
    _ = try reader.enter(DERTag.context0Constructed)
    _ = try reader.enter(DERTag.sequence)
    let version = try reader.next(DERTag.integer)
    let algorithms = try reader.next(DERTag.set)
    let signed = try reader.enter(DERTag.sequence)
    guard reader.end <= reader.bytes.count, version.count == 1, reader.bytes[version.lowerBound] == 1,
      algorithms.isEmpty, try reader.objectIdentifier() == ObjectIdentifier.data
    else { throw .notCertificatesOnly }
    try reader.leave(signed)
    let certificates = try reader.next(DERTag.context0Constructed)
    // Room for an empty set of signers and for nothing else: no CRLs, and the elements around end here too.
    guard reader.position + 2 == end, reader.end == end else { throw .notCertificatesOnly }
    return certificates
  }
}
