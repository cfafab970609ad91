import COSE

/// The places for identity keys: one for the key in force, one for its successor when a certificate is renewed.
enum IdentityKeys {
  static let first = KeyID(rawValue: 0x1001)
  static let second = KeyID(rawValue: 0x1002)

  /// Every key that boot destroys unless the journal names it.
  static var all: InlineArray<2, KeyID> { [first, second] }
}
