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

  /// The point that this key and a peer's come to together.
  ///
  /// - Parameter peerX: the x-coordinate of the peer's key, 32 bytes.
  /// - Returns: nil when no point of the curve has this x.
  func agree(peerX: Span<UInt8>) -> SharedSecret? {
    // Either y will do: P and -P lead to secrets with the same x (RFC 9528 appendix B).
    var compressed: [UInt8] = [2]
    peerX.withUnsafeBufferPointer { compressed.append(contentsOf: $0) }
    guard let peer = try? P256.KeyAgreement.PublicKey(compressedRepresentation: compressed) else { return nil }
    return try? key.sharedSecretFromKeyAgreement(with: peer)
  }
}
