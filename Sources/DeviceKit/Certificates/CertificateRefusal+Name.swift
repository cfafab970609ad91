extension CertificateRefusal {
  /// The name that goes over the line beside the number, for people: at most 20 bytes.
  struct Name {
    private var bytes = InlineArray<20, UInt8>(repeating: 0)
    private var count = 0

    /// ASCII.
    var utf8: Span<UInt8> {
      @_lifetime(borrow self)
      get { bytes.span.extracting(0..<count) }
    }

    fileprivate mutating func append(_ byte: UInt8) {
      bytes[count] = byte
      count += 1
    }
  }

  var name: Name {
    var name = Name()
    var number: UInt8 = 1
    Self.names.withUTF8Buffer { names in
      // The only door to a literal's bytes without a String, and the loop stays within it.
      for byte in names {
        if byte == UInt8(ascii: " ") {
          number += 1
        } else if number == rawValue {
          name.append(byte)
        }
      }
    }
    return name
  }

  /// All names in the order of their numbers: half of what a table of strings would cost.
  private static let names: StaticString = """
    malformed trailingBytes notCertificatesOnly noCertificate tooManyCertificates certificateTooLarge version \
    serialNumber signatureAlgorithm name time validity keyAlgorithm publicKey signatureEncoding duplicateExtension \
    criticalExtension extensionSyntax leafIsAuthority issuerNotAuthority pathTooLong leafKeyUsage issuerKeyUsage \
    extendedKeyUsage noKey otherKey otherSubject brokenChain signature notSelfSigned
    """
}
