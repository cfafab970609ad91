/// An object identifier as one integer: its content octets, big-endian.
///
/// All that a device needs have at most nine octets, and those with nine are RSA's and begin with 0x2A, which is left
/// out: their first kept octet, 0x86, could begin no identifier of its own in use. So an identifier costs eight bytes of
/// flash and one comparison. Whatever fits no such integer is ``unknown``.
enum ObjectIdentifier {
  static let unknown: UInt64 = 0

  // X.520 attributes.
  static let commonName: UInt64 = 0x55_0403
  static let serialNumber: UInt64 = 0x55_0405
  static let organization: UInt64 = 0x55_040A

  // RFC 5280 §4.2 extensions.
  static let keyUsage: UInt64 = 0x55_1D0F
  static let subjectAlternativeName: UInt64 = 0x55_1D11
  static let basicConstraints: UInt64 = 0x55_1D13
  static let extendedKeyUsage: UInt64 = 0x55_1D25
  static let clientAuthentication: UInt64 = 0x2B06_0105_0507_0302

  // RFC 5480 and RFC 5758.
  static let ecPublicKey: UInt64 = 0x2A_8648_CE3D_0201
  static let prime256v1: UInt64 = 0x2A86_48CE_3D03_0107
  static let ecdsaWithSHA256: UInt64 = 0x2A86_48CE_3D04_0302

  // PKCS#7 and PKCS#9, without their 0x2A.
  static let data: UInt64 = 0x8648_86F7_0D01_0701
  static let signedData: UInt64 = 0x8648_86F7_0D01_0702
  static let extensionRequest: UInt64 = 0x8648_86F7_0D01_090E

  /// The first octet of a nine-octet identifier, and the one after it.
  static let ninthOctet: UInt8 = 0x2A
  static let afterNinthOctet: UInt8 = 0x86

  /// The identifier with these content octets.
  @inline(never)
  static func read(_ bytes: Span<UInt8>, _ content: Range<Int>) -> UInt64 {
    guard !content.isEmpty, content.count <= 9 else { return unknown }
    let first = bytes[content.lowerBound]
    guard content.count == 9 ? first == ninthOctet : first != afterNinthOctet else { return unknown }
    var value: UInt64 = 0
    for index in content { value = value &<< 8 | UInt64(widening: UInt32(bytes[index])) }
    return value
  }
}
