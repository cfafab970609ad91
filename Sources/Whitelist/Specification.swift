// The numbers of docs/spec/cwl.md.

/// The fields of a list's content.
enum WhitelistField {
  static let version: UInt32 = 1
  static let network: UInt32 = 2
  static let list: UInt32 = 3
  static let holder: UInt32 = 4
  static let epoch: UInt32 = 5
  static let number: UInt32 = 6
  static let thisUpdate: UInt32 = 7
  static let nextUpdate: UInt32 = 8
  static let hardExpiry: UInt32 = 9
  static let stalePolicy: UInt32 = 10
  static let timeMode: UInt32 = 11
  static let offlineRestarts: UInt32 = 12
  static let issuers: UInt32 = 13
  static let ruleSets: UInt32 = 14
  static let entries: UInt32 = 15
  static let observeUntil: UInt32 = 16
  static let base: UInt32 = 17
}

/// The options of an entry.
enum EntryOption {
  static let pin: UInt32 = 1
  static let validFrom: UInt32 = 2
  static let validUntil: UInt32 = 3
  static let predecessor: UInt32 = 4
}

/// The fields of a rule.
enum RuleField {
  static let direction: UInt32 = 1
  static let protocols: UInt32 = 2
  static let transports: UInt32 = 3
  static let ports: UInt32 = 4
  static let leastTLSVersion: UInt32 = 5
}

enum WhitelistFormat {
  /// The format's version.
  static let version: UInt32 = 1
  /// The fields every list has.
  static let fields = 15
  /// What stands before the content's head: array, protected header, unprotected header with a kid of eight bytes.
  static let prefixBytes = 8 + kidBytes
  /// What stands behind the content: the signature with its head.
  static let suffixBytes = 2 + 64
  static let kidBytes = 8
  /// Where the protected header stands.
  static let protected = 2..<5

  /// What stands before the kid: an array of four, {1: -7} in a byte string, {4: a byte string of eight}.
  static var start: InlineArray<8, UInt8> { [0x84, 0x43, 0xA1, 0x01, 0x26, 0xA1, 0x04, 0x48] }

  /// The external_aad of the signature, 'muster-cwl': a signer's signature over anything else is none over a list.
  static var context: InlineArray<10, UInt8> {
    [0x6D, 0x75, 0x73, 0x74, 0x65, 0x72, 0x2D, 0x63, 0x77, 0x6C]
  }
}
