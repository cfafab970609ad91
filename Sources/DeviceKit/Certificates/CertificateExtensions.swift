/// What a certificate's extensions say that the device acts on: basicConstraints, keyUsage and extendedKeyUsage
/// (RFC 5280 §4.2.1). Others are passed over unless they are critical.
struct CertificateExtensions {
  /// basicConstraints has cA TRUE. Without the extension it has not.
  private(set) var isAuthority = false
  /// Authorities that may stand below this one in a path; 255 for any number.
  private(set) var pathLength: UInt8 = .max
  /// The first octet of keyUsage; 0 without the extension.
  private(set) var keyUsage: UInt8 = 0
  /// Whether extendedKeyUsage is absent or has clientAuth.
  private(set) var allowsClientAuthentication = true

  static let digitalSignature: UInt8 = 0x80
  static let keyCertSign: UInt8 = 0x04

  /// Reads the extensions at the end of a TBSCertificate; there may be none.
  mutating func read(_ reader: inout DERReader) throws(CertificateRefusal) {
    guard !reader.isAtEnd else { return }
    let body = try reader.enter(DERTag.context3Constructed)
    let tagged = try reader.enter(DERTag.sequence)
    let first = reader.position
    while !reader.isAtEnd {
      try Self.refuseDuplicate(&reader, from: first)
      try readExtension(&reader)
    }
    try reader.leave(tagged)
    try reader.leave(body)
  }

  private mutating func readExtension(_ reader: inout DERReader) throws(CertificateRefusal) {
    let list = try reader.enter(DERTag.sequence)
    let type = try reader.objectIdentifier()
    var isCritical = false
    if reader.isNext(DERTag.boolean) {
      try Self.readTrue(&reader)
      isCritical = true
    }
    let item = try reader.enter(DERTag.octetString)
    do throws(CertificateRefusal) {
      switch type {
      case ObjectIdentifier.basicConstraints: try readBasicConstraints(&reader)
      case ObjectIdentifier.keyUsage: try readKeyUsage(&reader)
      case ObjectIdentifier.extendedKeyUsage: try readExtendedKeyUsage(&reader)
      default:
        if isCritical { throw .criticalExtension }
        reader.rewind(to: reader.end)
      }
      try reader.leave(item)
    } catch {
      throw error == .malformed ? .extensionSyntax : error
    }
    try reader.leave(list)
  }

  private mutating func readBasicConstraints(_ reader: inout DERReader) throws(CertificateRefusal) {
    let outer = try reader.enter(DERTag.sequence)
    if !reader.isAtEnd {
      try Self.readTrue(&reader)
      isAuthority = true
      if !reader.isAtEnd {
        let length = try reader.next(DERTag.integer)
        // A path of 128 authorities is no path of ours: one octet is enough.
        guard length.count == 1, reader.bytes[length.lowerBound] < 0x80 else { throw .extensionSyntax }
        pathLength = reader.bytes[length.lowerBound]
      }
    }
    try reader.leave(outer)
  }

  private mutating func readKeyUsage(_ reader: inout DERReader) throws(CertificateRefusal) {
    let bits = try reader.next(DERTag.bitString)
    // A named bit list ends with a bit that is set (X.690 §11.2.2); there are nine names.
    guard 2...3 ~= bits.count else { throw .extensionSyntax }
    let last = reader.bytes[bits.upperBound - 1]
    let unused = reader.bytes[bits.lowerBound]
    guard unused < 8, last & (0xFF &<< unused) == last, last & (1 &<< unused) != 0 else { throw .extensionSyntax }
    keyUsage = reader.bytes[bits.lowerBound + 1]
  }

  private mutating func readExtendedKeyUsage(_ reader: inout DERReader) throws(CertificateRefusal) {
    allowsClientAuthentication = false
    let outer = try reader.enter(DERTag.sequence)
    repeat {
      if try reader.objectIdentifier() == ObjectIdentifier.clientAuthentication { allowsClientAuthentication = true }
    } while !reader.isAtEnd
    try reader.leave(outer)
  }

  /// Compares the next extension's type with those before it: one that stood twice would mean what its reader likes.
  private static func refuseDuplicate(_ reader: inout DERReader, from first: Int) throws(CertificateRefusal) {
    let start = reader.position
    let type = try readType(&reader)
    reader.rewind(to: first)
    while reader.position < start {
      let earlier = try readType(&reader)
      if reader.bytes.isEqual(earlier, type) { throw .duplicateExtension }
    }
    reader.rewind(to: start)
  }

  /// Steps over an extension and returns where its type stands.
  @inline(never)
  private static func readType(_ reader: inout DERReader) throws(CertificateRefusal) -> Range<Int> {
    let list = try reader.enter(DERTag.sequence)
    let type = try reader.next(DERTag.objectIdentifier)
    reader.rewind(to: reader.end)
    try reader.leave(list)
    return type
  }

  /// TRUE; FALSE is the default wherever it could stand, which DER leaves out.
  @inline(never)
  private static func readTrue(_ reader: inout DERReader) throws(CertificateRefusal) {
    let content = try reader.next(DERTag.boolean)
    guard content.count == 1, reader.bytes[content.lowerBound] == 0xFF else { throw .extensionSyntax }
  }
}
