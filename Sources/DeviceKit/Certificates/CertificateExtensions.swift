/// What a certificate's extensions say that the device acts on: basicConstraints, keyUsage and extendedKeyUsage
/// (RFC 5280 §4.2.1). Others are passed over unless they are critical.
struct CertificateExtensions {
  /// basicConstraints has cA TRUE. Without the extension it has not.
  private(set) var isAuthority = false
  /// Authorities that may stand below this one in a path; `nil` for any number.
  private(set) var pathLength: UInt8?
  /// The first octet of keyUsage; 0 without the extension.
  private(set) var keyUsage: UInt8 = 0
  /// Whether extendedKeyUsage is absent or has clientAuth.
  private(set) var allowsClientAuthentication = true

  static let digitalSignature: UInt8 = 0x80
  static let keyCertSign: UInt8 = 0x04

  /// Reads the extensions at the end of a TBSCertificate; there may be none.
  init(_ body: inout DERReader, _ bytes: Span<UInt8>) throws(CertificateRefusal) {
    guard !body.isAtEnd else { return }
    var tagged = try body.enter(DERTag.context3Constructed)
    let start = tagged.position
    var list = try tagged.enter(DERTag.sequence)
    try tagged.finish()
    guard !list.isAtEnd else { throw .extensionSyntax }
    while !list.isAtEnd {
      var item = try list.enter(DERTag.sequence)
      let typeStart = item.position
      let type = try item.objectIdentifier()
      try Self.refuseDuplicate(of: typeStart..<item.position, from: start, in: bytes)
      var isCritical = false
      if item.isNext(DERTag.boolean) {
        // FALSE is the default, which DER leaves out.
        guard Self.isTrue(try item.next(DERTag.boolean), bytes) else { throw .extensionSyntax }
        isCritical = true
      }
      var value = try item.enter(DERTag.octetString)
      try item.finish()
      do throws(CertificateRefusal) {
        switch type {
        case ObjectIdentifier.basicConstraints: try readBasicConstraints(&value, bytes)
        case ObjectIdentifier.keyUsage: try readKeyUsage(&value, bytes)
        case ObjectIdentifier.extendedKeyUsage: try readExtendedKeyUsage(&value)
        default:
          if isCritical { throw .criticalExtension }
          continue
        }
        try value.finish()
      } catch {
        throw error == .malformed ? .extensionSyntax : error
      }
    }
  }

  private mutating func readBasicConstraints(
    _ value: inout DERReader, _ bytes: Span<UInt8>
  ) throws(CertificateRefusal) {
    var fields = try value.enter(DERTag.sequence)
    guard !fields.isAtEnd else { return }
    guard Self.isTrue(try fields.next(DERTag.boolean), bytes) else { throw .extensionSyntax }
    isAuthority = true
    guard !fields.isAtEnd else { return }
    let length = try fields.next(DERTag.integer)
    try fields.finish()
    // A path of 128 authorities is no path of ours: one octet is enough.
    guard length.count == 1, bytes[length.lowerBound] < 0x80 else { throw .extensionSyntax }
    pathLength = bytes[length.lowerBound]
  }

  private mutating func readKeyUsage(_ value: inout DERReader, _ bytes: Span<UInt8>) throws(CertificateRefusal) {
    let bits = try value.next(DERTag.bitString)
    // A named bit list ends with a bit that is set (X.690 §11.2.2); there are nine names.
    guard 2...3 ~= bits.count, bytes[bits.lowerBound] < 8 else { throw .extensionSyntax }
    let unused = bytes[bits.lowerBound]
    let last = bytes[bits.upperBound - 1]
    guard last.trailingZeroBitCount == Int(unused) else { throw .extensionSyntax }
    keyUsage = bytes[bits.lowerBound + 1]
  }

  private mutating func readExtendedKeyUsage(_ value: inout DERReader) throws(CertificateRefusal) {
    allowsClientAuthentication = false
    var purposes = try value.enter(DERTag.sequence)
    repeat {
      if try purposes.objectIdentifier() == ObjectIdentifier.clientAuthentication { allowsClientAuthentication = true }
    } while !purposes.isAtEnd
  }

  /// Compares an extension's type with those before it: an extension that stood twice would mean what its reader likes.
  private static func refuseDuplicate(
    of type: Range<Int>, from start: Int, in bytes: Span<UInt8>
  ) throws(CertificateRefusal) {
    var whole = DERReader(bytes, start..<bytes.count)
    var list = try whole.enter(DERTag.sequence)
    while list.position < type.lowerBound {
      var item = try list.enter(DERTag.sequence)
      let earlierStart = item.position
      if earlierStart == type.lowerBound { return }
      _ = try item.objectIdentifier()
      if bytes.isEqual(earlierStart..<item.position, type) { throw .duplicateExtension }
    }
  }

  private static func isTrue(_ content: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    content.count == 1 && bytes[content.lowerBound] == 0xFF
  }
}
