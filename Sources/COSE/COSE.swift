/// CBOR, COSE_Sign1 and the cryptography they need, without depending on who provides it.
///
/// The module follows the embedded rule: it holds no bytes, it writes into the caller's buffers, and keys never pass
/// through it. `Cryptography` is answered by PSA on devices (DeviceCrypto) and by swift-crypto on hosts (PKI).
public enum COSE {
  /// A SHA-256 digest, in bytes.
  public static let digestBytes = 32
  /// An ES256 signature, r and s one after the other, in bytes (RFC 9053 §2.1).
  public static let signatureBytes = 64
  /// An uncompressed P-256 point, 0x04 and both coordinates, in bytes (SEC 1 §2.3.3).
  public static let publicKeyBytes = 65
}
