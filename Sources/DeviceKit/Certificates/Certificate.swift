/// An X.509 certificate as the device reads it (RFC 5280 §4.1): where its parts stand in the bytes it came as, and
/// what its extensions say.
///
/// Nothing is copied: signatures and names are checked over the bytes received. Reading is strict, so that two readers
/// cannot disagree about what was signed; what remains to be checked is the certificate's place in a path.
struct Certificate {
  /// What is signed: the whole element of the TBSCertificate.
  private(set) var signed = 0..<0
  /// The serial number's magnitude, without a leading zero octet.
  private(set) var serialNumber = 0..<0
  /// Whole elements, for comparing names octet by octet.
  private(set) var issuer = 0..<0
  private(set) var subject = 0..<0
  /// The serialNumber attribute of the subject; empty unless there is exactly one.
  private(set) var subjectSerialNumber = 0..<0
  /// Seconds since 1970.
  private(set) var notBefore: UInt64 = 0
  private(set) var notAfter: UInt64 = 0
  /// The public key as an uncompressed SEC1 point, 65 bytes.
  private(set) var publicKey = 0..<0
  /// The signature value's content, a DER `ECDSA-Sig-Value`.
  private(set) var signature = 0..<0
  private(set) var extensions = CertificateExtensions()

  /// Longest certificate a device reads, in bytes.
  static let maxBytes = 1024

  /// Reads a certificate that fills the bytes given.
  ///
  /// In place, and not an initialiser: Embedded Swift would build the value beside its destination and copy it there.
  mutating func read(_ bytes: Span<UInt8>) throws(CertificateRefusal) {
    var reader = DERReader(bytes, from: 0, to: bytes.count)
    reader.enter(DERTag.sequence)
    reader.require(reader.end == bytes.count, .trailingBytes)

    let start = reader.position
    reader.enter(DERTag.sequence)
    // Version 1 has no version field at all.
    reader.require(
      reader.isNext(DERTag.context0Constructed) && reader.next(DERTag.context0Constructed, holds: .version3), .version)
    // RFC 5280 §4.1.2.2. A zero before 20 octets is let pass: common libraries make such.
    serialNumber = reader.positiveInteger(maxOctets: 20, .serialNumber)
    Self.readSignatureAlgorithm(&reader)
    let issuerStart = reader.position
    _ = CertificateName.read(&reader)
    issuer = issuerStart..<reader.position
    reader.enter(DERTag.sequence)
    notBefore = CertificateTime.read(&reader)
    notAfter = CertificateTime.read(&reader)
    reader.leave()
    reader.require(notBefore < notAfter, .validity)
    let subjectStart = reader.position
    subjectSerialNumber = CertificateName.read(&reader)
    subject = subjectStart..<reader.position
    publicKey = Self.readPublicKey(&reader)
    extensions = CertificateExtensions()
    extensions.read(&reader)
    reader.leave()

    signed = start..<reader.position
    Self.readSignatureAlgorithm(&reader)
    signature = reader.wholeOctets()
    reader.leave()
    try reader.finish()
  }

  @inline(never)
  private static func readSignatureAlgorithm(_ reader: inout DERReader) {
    reader.require(reader.next(DERTag.sequence, holds: .ecdsaWithSHA256), .signatureAlgorithm)
  }

  private static func readPublicKey(_ reader: inout DERReader) -> Range<Int> {
    reader.enter(DERTag.sequence)
    reader.require(reader.next(DERTag.sequence, holds: .keyOnP256), .keyAlgorithm)
    let point = reader.wholeOctets()
    reader.leave()
    reader.require(point.count == 65 && reader.bytes[point.lowerBound] == 4, .publicKey)
    return point
  }
}
