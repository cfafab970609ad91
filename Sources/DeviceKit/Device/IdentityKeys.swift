import COSE

/// The places for identity keys: one for the key in force, one for its successor when a certificate is renewed.
enum IdentityKeys {
  /// The first place.
  static let first = KeyID(rawValue: 0x1001)

  /// Every key that boot destroys unless the journal names it.
  static let numbers: ClosedRange<UInt32> = 0x1001...0x1002
}
