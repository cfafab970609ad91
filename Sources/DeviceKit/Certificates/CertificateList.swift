/// The outside of a certs-only PKCS#7 (RFC 5652 §5.1, RFC 7030 §4.1.3): SignedData without content and signers.
enum CertificateList {
  /// Bytes before the first certificate, at most.
  static let maxPrefixBytes = 48

  /// Finds the certificates in a PKCS#7 of which only the beginning is at hand.
  ///
  /// - Parameters:
  ///   - prefix: Its first ``maxPrefixBytes`` bytes, or all of it.
  ///   - total: Its length.
  /// - Returns: Where the certificates stand, one after another. What follows them has to be ``DERConstant/noSigners``.
  static func certificates(prefix: Span<UInt8>, total: Int) throws(CertificateRefusal) -> Range<Int> {
    var reader = DERReader(prefix, from: 0, to: total, malformed: .notCertificatesOnly)
    reader.enter(DERTag.sequence)
    reader.require(reader.end == total, .trailingBytes)
    reader.require(reader.skips(.signedData), .notCertificatesOnly)
    reader.enter(DERTag.context0Constructed)
    reader.enter(DERTag.sequence)
    reader.require(reader.skips(.certificatesOnly), .notCertificatesOnly)
    let certificates = reader.next(DERTag.context0Constructed)
    // Room for an empty set of signers and for nothing else: no CRLs, and the elements around end here too.
    reader.require(
      reader.position + DERConstant.noSigners.count == total && reader.end == total, .notCertificatesOnly)
    try reader.finish()
    return certificates
  }
}
