/// What a descriptor may hold, so that a device can keep it in fixed memory (docs/spec/trust.md).
public enum TrustLimits {
  /// Managers' keys, whitelist signers, anchors: one in force and one to come.
  public static let keysOfAKind = 2
  /// Longest name of a network, in bytes of UTF-8.
  public static let networkNameBytes = 64
}
