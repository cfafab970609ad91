public import Crypto

/// A P-256 private key for Diffie-Hellman: what the manager authenticates itself with in EDHOC (RFC 9528, method 3).
///
/// A type apart from ``SigningKey``, so that no key ever serves both. Its file form is the same, see ``KeyFile``.
public struct AgreementKey: Sendable {
  private let key: P256.KeyAgreement.PrivateKey

  /// Makes a new key from the system's random number generator.
  public init() {
    key = P256.KeyAgreement.PrivateKey()
  }

  private init(_ key: P256.KeyAgreement.PrivateKey) { self.key = key }

  /// Makes a key for one handshake, nine times as fast.
  ///
  /// A random scalar that is drawn again when it is out of range (FIPS 186-5 A.2.2), as ``init()`` does it; what is left out is the
  /// trial of the pair that swift-crypto makes of every new key, which is worth its 100 µs where a key is kept.
  static func ephemeral() -> AgreementKey {
    while true {
      // A symmetric key is random bytes in memory that is wiped.
      let scalar = SymmetricKey(size: .bits256)
      let key = scalar.withUnsafeBytes { try? P256.KeyAgreement.PrivateKey(rawRepresentation: $0) }
      if let key { return AgreementKey(key) }
    }
  }

  /// Reads a key from PEM (PKCS#8 or SEC 1).
  ///
  /// - Throws: ``PKIError`` with code `format` when it is not a P-256 private key.
  public init(pem: String) throws {
    do {
      key = try P256.KeyAgreement.PrivateKey(pemRepresentation: pem)
    } catch {
      throw PKIError(.format, "This is not a P-256 private key in PEM.")
    }
  }

  /// The public half.
  public var publicKey: P256.KeyAgreement.PublicKey { key.publicKey }

  /// The public half as credentials and trust descriptors carry it: x and y, 32 bytes each.
  public var coordinates: [UInt8] { Array(key.publicKey.rawRepresentation) }

  /// PKCS#8 in PEM. Handle with care: this is the secret.
  public var pem: String { key.pemRepresentation }

  /// The x-coordinate of the point that this key and a peer's come to together.
  func agree(with peer: P256.KeyAgreement.PublicKey) -> SharedSecret? {
    try? key.sharedSecretFromKeyAgreement(with: peer)
  }

  /// A public key by its x-coordinate alone, 32 bytes.
  ///
  /// Either y will do: P and -P lead to secrets with the same x (RFC 9528 appendix B).
  ///
  /// - Returns: nil when no point of the curve has this x.
  static func peer(x: Span<UInt8>) -> P256.KeyAgreement.PublicKey? {
    var compressed: [UInt8] = [2]
    x.withUnsafeBufferPointer { compressed.append(contentsOf: $0) }
    return try? P256.KeyAgreement.PublicKey(compressedRepresentation: compressed)
  }
}
