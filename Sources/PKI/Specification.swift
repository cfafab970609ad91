import SwiftASN1

/// The numbers that RFCs give: object identifiers of everything this module writes or reads itself.
enum OID {
  // RFC 5652 (CMS) and RFC 2985 (PKCS#9).
  static let data: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 1]
  static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 2]
  static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 3]
  static let messageDigest: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 4]
  static let signingTime: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 5]
  static let challengePassword: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 7]
  static let extensionRequest: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 14]

  // RFC 5754 and RFC 5758: SHA-256, and ECDSA with it.
  static let sha256: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 2, 1]
  static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]

  // RFC 5480: P-256 keys.
  static let ecPublicKey: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
  static let prime256v1: ASN1ObjectIdentifier = [1, 2, 840, 10045, 3, 1, 7]

  // RFC 5272: the two CMC contents and the controls.
  static let pkiData: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 12, 2]
  static let pkiResponse: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 12, 3]
  static let transactionID: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 7, 5]
  static let senderNonce: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 7, 6]
  static let recipientNonce: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 7, 7]
  static let revokeRequest: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 7, 17]
  static let statusInfoV2: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 7, 25]

  // RFC 6402 §2.10: the purposes of CMC's certification and registration authorities.
  static let cmcCA: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 3, 27]
  static let cmcRA: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 3, 28]

  // RFC 5280 and X.520: what swift-certificates does not name.
  static let subjectSerialNumber: ASN1ObjectIdentifier = [2, 5, 4, 5]
  static let nameConstraints: ASN1ObjectIdentifier = [2, 5, 29, 30]
  static let crlDistributionPoints: ASN1ObjectIdentifier = [2, 5, 29, 31]
  static let certificatePolicies: ASN1ObjectIdentifier = [2, 5, 29, 32]

  // RFC 5280 §5.2 and §5.3: extensions of a CRL and of its entries.
  static let crlNumber: ASN1ObjectIdentifier = [2, 5, 29, 20]
  static let reasonCode: ASN1ObjectIdentifier = [2, 5, 29, 21]
  static let deltaCRLIndicator: ASN1ObjectIdentifier = [2, 5, 29, 27]
  static let freshestCRL: ASN1ObjectIdentifier = [2, 5, 29, 46]

  // RFC 6960 (OCSP).
  static let sha1: ASN1ObjectIdentifier = [1, 3, 14, 3, 2, 26]
  static let ocspSigning: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 3, 9]
  static let ocspBasic: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 48, 1, 1]
  static let ocspNonce: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 48, 1, 2]
  static let ocspNoCheck: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 48, 1, 5]
}

/// The fixed DER in front of the point of every P-256 public key: SubjectPublicKeyInfo with id-ecPublicKey, prime256v1 and
/// a 65-byte uncompressed point (RFC 5480 §2).
let p256PublicKeyInfoPrefix: [UInt8] = [
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
  0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
]
