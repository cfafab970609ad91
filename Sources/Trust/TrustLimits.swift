/// What a descriptor may hold, so that a device can keep it in fixed memory (docs/spec/trust.md).
public enum TrustLimits {
  /// Managers' keys, whitelist signers, anchors: one in force and one to come.
  public static let keysOfAKind = 2
  /// A public key: x and y of a P-256 point, big-endian, in bytes.
  public static let keyBytes = 64
  /// Longest name of a network, in bytes of UTF-8.
  public static let networkNameBytes = 64
  /// Longest subject name of an anchor, in bytes of DER.
  public static let anchorNameBytes = 128
  /// Longest descriptor, in bytes: everything at its longest, and room for fields that are yet to come.
  public static let descriptorBytes = 896
}
