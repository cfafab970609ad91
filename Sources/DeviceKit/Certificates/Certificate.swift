/// An X.509 certificate as the device reads it (RFC 5280 §4.1): where its parts stand in the bytes it came as, and what its
/// extensions say.
///
/// Nothing is copied: signatures and names are checked over the bytes received. Reading is strict, so that two readers
/// cannot disagree about what was signed; what remains to be checked is the certificate's place in a path.
struct Certificate {
  /// What is signed: the whole element of the TBSCertificate.
  var signed: Range<Int>
  /// The serial number's magnitude, without a leading zero octet.
  var serialNumber: Range<Int>
  /// Whole elements, for comparing names octet by octet.
  var issuer: Range<Int>
  var subject: Range<Int>
  /// The serialNumber attribute in the subject.
  var subjectSerialNumber: CertificateName.SerialNumber
  /// Seconds since 1970.
  var notBefore: UInt64
  var notAfter: UInt64
  /// The public key as an uncompressed SEC1 point, 65 bytes.
  var publicKey: Range<Int>
  /// The signature value's content, a DER `ECDSA-Sig-Value`.
  var signature: Range<Int>
  var extensions: CertificateExtensions

  /// Longest certificate a device reads, in bytes.
  static let maxBytes = 1024

  /// Reads a certificate that fills the bytes given.
  init(_ bytes: Span<UInt8>) throws(CertificateRefusal) {
    var outermost = DERReader(bytes, 0..<bytes.count)
    var outer = try outermost.enter(DERTag.sequence)
    guard outermost.isAtEnd else { throw .trailingBytes }

    let start = outer.position
    var body = try outer.enter(DERTag.sequence)
    signed = start..<outer.position
    try Self.readSignatureAlgorithm(&outer)
    signature = try Self.readBits(&outer, bytes)
    try outer.finish()

    try Self.readVersion(&body, bytes)
    serialNumber = try Self.readSerialNumber(&body, bytes)
    try Self.readSignatureAlgorithm(&body)
    let issuerStart = body.position
    _ = try CertificateName.read(&body, bytes)
    issuer = issuerStart..<body.position
    var validity = try body.enter(DERTag.sequence)
    notBefore = try CertificateTime.read(&validity, bytes)
    notAfter = try CertificateTime.read(&validity, bytes)
    try validity.finish()
    guard notBefore < notAfter else { throw .validity }
    let subjectStart = body.position
    subjectSerialNumber = try CertificateName.read(&body, bytes)
    subject = subjectStart..<body.position
    publicKey = try Self.readPublicKey(&body, bytes)
    extensions = try CertificateExtensions(&body, bytes)
    try body.finish()
  }

  private static func readVersion(_ body: inout DERReader, _ bytes: Span<UInt8>) throws(CertificateRefusal) {
    // Version 1 has no version field at all.
    guard body.isNext(DERTag.context0Constructed) else { throw .version }
    var version = try body.enter(DERTag.context0Constructed)
    let value = try version.next(DERTag.integer)
    try version.finish()
    guard value.count == 1, bytes[value.lowerBound] == 2 else { throw .version }
  }

  private static func readSerialNumber(
    _ body: inout DERReader, _ bytes: Span<UInt8>
  ) throws(CertificateRefusal) -> Range<Int> {
    let content = try body.next(DERTag.integer)
    // RFC 5280 §4.1.2.2: positive, at most 20 octets, of which a leading zero is one.
    guard content.count <= 20, let magnitude = positiveInteger(bytes, content) else { throw .serialNumber }
    return magnitude
  }

  private static func readSignatureAlgorithm(_ reader: inout DERReader) throws(CertificateRefusal) {
    var algorithm = try reader.enter(DERTag.sequence)
    // RFC 5758 §3.2: no parameters, not even NULL.
    guard try algorithm.objectIdentifier() == ObjectIdentifier.ecdsaWithSHA256, algorithm.isAtEnd else {
      throw .signatureAlgorithm
    }
  }

  private static func readPublicKey(
    _ body: inout DERReader, _ bytes: Span<UInt8>
  ) throws(CertificateRefusal) -> Range<Int> {
    var info = try body.enter(DERTag.sequence)
    var algorithm = try info.enter(DERTag.sequence)
    guard try algorithm.objectIdentifier() == ObjectIdentifier.ecPublicKey,
      algorithm.isNext(DERTag.objectIdentifier),
      try algorithm.objectIdentifier() == ObjectIdentifier.prime256v1, algorithm.isAtEnd
    else { throw .keyAlgorithm }
    let point = try readBits(&info, bytes)
    try info.finish()
    guard point.count == 65, bytes[point.lowerBound] == 4 else { throw .publicKey }
    return point
  }

  /// A BIT STRING of whole octets.
  private static func readBits(
    _ reader: inout DERReader, _ bytes: Span<UInt8>
  ) throws(CertificateRefusal) -> Range<Int> {
    let content = try reader.next(DERTag.bitString)
    guard content.count > 1, bytes[content.lowerBound] == 0 else { throw .malformed }
    return (content.lowerBound + 1)..<content.upperBound
  }
}

/// The magnitude of a DER INTEGER that is positive and minimal; `nil` for any other.
func positiveInteger(_ bytes: Span<UInt8>, _ content: Range<Int>) -> Range<Int>? {
  guard let first = content.first, bytes[first] < 0x80 else { return nil }
  if bytes[first] != 0 { return content }
  guard content.count > 1, bytes[first + 1] >= 0x80 else { return nil }
  return (first + 1)..<content.upperBound
}
