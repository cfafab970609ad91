/// The name of a refusal's reason, which goes over the line beside its number, for people: at most 20 bytes.
struct RefusalName {
  private var bytes = InlineArray<20, UInt8>(repeating: 0)
  private var count = 0

  /// ASCII.
  var utf8: Span<UInt8> {
    @_lifetime(borrow self)
    get { bytes.span.extracting(0..<count) }
  }

  /// The name of a `CertificateRefusal` or a `TrustRefusal`, by its number; empty for no number of theirs.
  init(of reason: UInt8) {
    let isTrust = reason > 64
    var number: UInt8 = isTrust ? 65 : 1
    (isTrust ? Self.trust : Self.certificates).withUTF8Buffer { names in
      // The only door to a literal's bytes without a String, and the loop stays within it.
      for byte in names {
        if byte == UInt8(ascii: " ") {
          number += 1
        } else if number == reason {
          bytes[count] = byte
          count += 1
        }
      }
    }
  }

  /// All names in the order of their numbers, of which 30 is nobody's any more: half of what a table of strings would cost.
  private static let certificates: StaticString = """
    malformed trailingBytes notCertificatesOnly noCertificate tooManyCertificates certificateTooLarge version \
    serialNumber signatureAlgorithm name time validity keyAlgorithm publicKey signatureEncoding duplicateExtension \
    criticalExtension extensionSyntax leafIsAuthority issuerNotAuthority pathTooLong leafKeyUsage issuerKeyUsage \
    extendedKeyUsage noKey otherKey otherSubject brokenChain signature  nameOutsideDomain
    """
  private static let trust: StaticString = """
    malformed tooLarge form version network epoch managerKeys signers anchors anchorName duplicateKey criticalField \
    rootKey otherRoot signature otherNetwork lowerEpoch sameEpoch
    """
}
