// The numbers of docs/spec/trust.md.

/// The fields of a descriptor's content.
enum TrustField {
  static let version: UInt32 = 1
  static let network: UInt32 = 2
  static let epoch: UInt32 = 3
  static let managerKeys: UInt32 = 4
  static let signers: UInt32 = 5
  static let anchors: UInt32 = 6
}

enum TrustFormat {
  /// The format's version.
  static let version: UInt32 = 1
  /// The fields every descriptor has.
  static let fields = 6
  /// A key with its head in CBOR, in bytes.
  static let encodedKeyBytes = 2 + TrustLimits.keyBytes
  /// What stands before the content's head: array, protected header, unprotected header with a kid of eight bytes.
  static let prefixBytes = 1 + 4 + 3 + 8
  /// What stands behind the content: the signature with its head.
  static let suffixBytes = 2 + 64

  /// The external_aad of the signature, 'muster-trust': the root's signature over anything else, or another format's over
  /// the same bytes, is none over a descriptor.
  static var context: InlineArray<12, UInt8> {
    [0x6D, 0x75, 0x73, 0x74, 0x65, 0x72, 0x2D, 0x74, 0x72, 0x75, 0x73, 0x74]
  }
}
