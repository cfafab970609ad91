/// An X.509 certificate as the device reads it (RFC 5280 §4.1): where its parts stand in the bytes it came as, and what its
/// extensions say.
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
    let outermost = try reader.enter(DERTag.sequence)
    guard reader.end == outermost else { throw .trailingBytes }

    let start = reader.position
    let outer = try reader.enter(DERTag.sequence)
    try Self.readVersion(&reader)
    // RFC 5280 §4.1.2.2: positive, at most 20 octets. A zero before them is let pass: common libraries make such.
    guard let serialNumber = try reader.positiveInteger(), serialNumber.count <= 20 else { throw .serialNumber }
    self.serialNumber = serialNumber
    try Self.readSignatureAlgorithm(&reader)
    let issuerStart = reader.position
    _ = try CertificateName.read(&reader)
    issuer = issuerStart..<reader.position
    let validity = try reader.enter(DERTag.sequence)
    notBefore = try CertificateTime.read(&reader)
    notAfter = try CertificateTime.read(&reader)
    try reader.leave(validity)
    guard notBefore < notAfter else { throw .validity }
    let subjectStart = reader.position
    subjectSerialNumber = try CertificateName.read(&reader)
    subject = subjectStart..<reader.position
    publicKey = try Self.readPublicKey(&reader)
    extensions = CertificateExtensions()
    try extensions.read(&reader)
    try reader.leave(outer)

    signed = start..<reader.position
    try Self.readSignatureAlgorithm(&reader)
    signature = try reader.wholeOctets()
    try reader.leave(outermost)
  }

  private static func readVersion(_ reader: inout DERReader) throws(CertificateRefusal) {
    // Version 1 has no version field at all.
    guard reader.isNext(DERTag.context0Constructed) else { throw .version }
    let tagged = try reader.enter(DERTag.context0Constructed)
    let value = try reader.next(DERTag.integer)
    try reader.leave(tagged)
    guard value.count == 1, reader.bytes[value.lowerBound] == 2 else { throw .version }
  }

  @inline(never)
  private static func readSignatureAlgorithm(_ reader: inout DERReader) throws(CertificateRefusal) {
    let outer = try reader.enter(DERTag.sequence)
    // RFC 5758 §3.2: no parameters, not even NULL.
    guard try reader.objectIdentifier() == ObjectIdentifier.ecdsaWithSHA256, reader.isAtEnd else {
      throw .signatureAlgorithm
    }
    try reader.leave(outer)
  }

  private static func readPublicKey(_ reader: inout DERReader) throws(CertificateRefusal) -> Range<Int> {
    let outer = try reader.enter(DERTag.sequence)
    let algorithm = try reader.enter(DERTag.sequence)
    guard try reader.objectIdentifier() == ObjectIdentifier.ecPublicKey,
      reader.isNext(DERTag.objectIdentifier), try reader.objectIdentifier() == ObjectIdentifier.prime256v1,
      reader.isAtEnd
    else { throw .keyAlgorithm }
    try reader.leave(algorithm)
    let point = try reader.wholeOctets()
    try reader.leave(outer)
    guard point.count == 65, reader.bytes[point.lowerBound] == 4 else { throw .publicKey }
    return point
  }
}
