import Crypto
public import X509

extension SubjectKeyIdentifier {
  /// The leftmost 160 bits of the SHA-256 of the public key's bits (RFC 7093 §2, method 1).
  public init(sha256Of key: P256.Signing.PublicKey) {
    self.init(keyIdentifier: ArraySlice(SHA256.hash(data: key.x963Representation).prefix(20)))
  }
}
