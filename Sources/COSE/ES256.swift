/// The sizes of ES256: ECDSA on P-256 with SHA-256 (RFC 9053 §2.1).
public enum ES256 {
  /// A SHA-256 digest, in bytes.
  public static let digestBytes = 32
  /// A signature, r and s one after the other, in bytes.
  public static let signatureBytes = 64
  /// An uncompressed point, 0x04 and both coordinates, in bytes (SEC 1 §2.3.3).
  public static let publicKeyBytes = 65

  /// The algorithm's number in a COSE header.
  static let algorithm: Int64 = -7
}
