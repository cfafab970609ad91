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
    var outermost = DERReader(prefix, 0..<total)
    var info: DERReader
    do {
      info = try outermost.enter(DERTag.sequence)
    } catch {
      throw .notCertificatesOnly
    }
    guard outermost.isAtEnd else { throw .trailingBytes }
    do throws(CertificateRefusal) {
      guard try info.objectIdentifier() == ObjectIdentifier.signedData else { throw .notCertificatesOnly }
      var tagged = try info.enter(DERTag.context0Constructed)
      try info.finish()
      var signed = try tagged.enter(DERTag.sequence)
      try tagged.finish()
      let version = try signed.next(DERTag.integer)
      let algorithms = try signed.next(DERTag.set)
      var content = try signed.enter(DERTag.sequence)
      guard version.count == 1, prefix[version.lowerBound] == 1, algorithms.isEmpty,
        try content.objectIdentifier() == ObjectIdentifier.data, content.isAtEnd
      else { throw .notCertificatesOnly }
      let certificates = try signed.next(DERTag.context0Constructed)
      // Room for an empty set of signers, and for nothing before it: no CRLs.
      guard signed.end - signed.position == 2 else { throw .notCertificatesOnly }
      return certificates
    } catch {
      throw .notCertificatesOnly
    }
  }

  /// The empty set of signers that ends a certs-only PKCS#7.
  static let suffix: InlineArray<2, UInt8> = [0x31, 0x00]
}
