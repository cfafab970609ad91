/// Octets that stand in certificates, PKCS#7 and certification requests as they are: what is written is copied from
/// here, and what is read is compared.
///
/// A constant is a place in one table: an array of its own would be built on the stack wherever it is used.
struct DERConstant {
  private let start: Int
  let count: Int

  /// One of the octets.
  @inline(never)
  subscript(index: Int) -> UInt8 { table[start + index] }

  /// The contents of `[0] { INTEGER 2 }`: a certificate of version 3.
  static let version3 = DERConstant(start: 0, count: 3)
  /// `INTEGER 0`: version 1 of a PKCS#10.
  static let version1 = DERConstant(start: 3, count: 3)
  /// The AlgorithmIdentifier of a key on P-256 (RFC 5480 §2.1.1), without its header: id-ecPublicKey, prime256v1.
  static let keyOnP256 = DERConstant(start: 6, count: 19)
  /// The AlgorithmIdentifier of ecdsa-with-SHA256 (RFC 5758 §3.2: no parameters, not even NULL), without its header.
  static let ecdsaWithSHA256 = DERConstant(start: 25, count: 10)
  /// The types of X.520's attributes, but for their last octet.
  static let attribute = DERConstant(start: 35, count: 4)
  /// The types of RFC 5280's extensions, but for their last octet.
  static let certificateExtension = DERConstant(start: 39, count: 4)
  /// The contents of id-kp-clientAuth (RFC 5280 §4.2.1.12).
  static let clientAuthentication = DERConstant(start: 43, count: 8)
  /// extensionRequest (RFC 2985 §5.4.2).
  static let extensionRequest = DERConstant(start: 51, count: 11)
  /// id-signedData (RFC 5652 §5.1).
  static let signedData = DERConstant(start: 62, count: 11)
  /// The beginning of a certs-only SignedData: version 1, no digest algorithms, and id-data without content.
  static let certificatesOnly = DERConstant(start: 73, count: 18)
  /// The end of a certs-only SignedData: an empty set of signers. The same octets stand in its beginning.
  static let noSigners = DERConstant(start: 76, count: 2)
}

/// Last octets of ``DERConstant/attribute`` types.
enum AttributeType {
  static let commonName: UInt8 = 0x03
  static let serialNumber: UInt8 = 0x05
  static let organization: UInt8 = 0x0A
}

/// Last octets of ``DERConstant/certificateExtension`` types.
enum ExtensionType {
  static let keyUsage: UInt8 = 0x0F
  static let subjectAlternativeName: UInt8 = 0x11
  static let basicConstraints: UInt8 = 0x13
  static let nameConstraints: UInt8 = 0x1E
  static let extendedKeyUsage: UInt8 = 0x25
}

// swift-format-ignore: one constant a line
private let table: InlineArray<91, UInt8> = [
  0x02, 0x01, 0x02,
  0x02, 0x01, 0x00,
  0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
  0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02,
  0x06, 0x03, 0x55, 0x04,
  0x06, 0x03, 0x55, 0x1D,
  0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02,
  0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E,
  0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02,
  0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01,
]
