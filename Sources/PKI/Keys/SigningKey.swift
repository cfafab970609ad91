public import Crypto
import SwiftASN1
public import X509

/// A P-256 private key that signs with ECDSA and SHA-256: the only kind of key in Muster's PKI.
///
/// Its file form is PKCS#8 in PEM, see ``KeyFile``.
public struct SigningKey: Sendable {
  private let key: P256.Signing.PrivateKey

  /// Makes a new key from the system's random number generator.
  public init() {
    key = P256.Signing.PrivateKey()
  }

  /// Reads a key from PEM (PKCS#8 or SEC 1).
  ///
  /// - Throws: ``PKIError`` with code `format` when it is not a P-256 private key.
  public init(pem: String) throws {
    do {
      key = try P256.Signing.PrivateKey(pemRepresentation: pem)
    } catch {
      throw PKIError(.format, "This is not a P-256 private key in PEM.")
    }
  }

  /// The public half.
  public var publicKey: P256.Signing.PublicKey { key.publicKey }

  /// PKCS#8 in PEM. Handle with care: this is the secret.
  public var pem: String { key.pemRepresentation }

  /// The same key as swift-certificates takes it.
  public var certificateKey: Certificate.PrivateKey { Certificate.PrivateKey(key) }

  /// Signs `bytes` with ECDSA over their SHA-256.
  ///
  /// - Returns: an ECDSA-Sig-Value in DER (RFC 3279 §2.2.3).
  public func sign(_ bytes: [UInt8]) throws -> [UInt8] {
    Array(try key.signature(for: bytes).derRepresentation)
  }

  /// Signs a digest that was computed already.
  ///
  /// - Returns: r and s, 32 bytes each.
  func sign(_ digest: GivenDigest) throws -> [UInt8] {
    Array(try key.signature(for: digest).rawRepresentation)
  }
}

extension P256.Signing.PublicKey {
  /// Whether `signature`, an ECDSA-Sig-Value in DER, is this key's over the SHA-256 of `bytes`.
  func verifies(_ signature: some Collection<UInt8>, of bytes: some Collection<UInt8>) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: Array(signature)) else { return false }
    return isValidSignature(signature, for: Array(bytes))
  }
}
