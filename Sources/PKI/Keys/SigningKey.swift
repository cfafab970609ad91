public import Crypto
import Foundation
import SwiftASN1
public import X509

/// A P-256 private key that signs with ECDSA and SHA-256: the only kind of key in Muster's PKI.
///
/// In memory, with PKCS#8 in PEM as its file form, or in a PKCS#11 token, see ``TokenURI``; ``KeyFile`` reads either.
public struct SigningKey: Sendable {
  private enum Place {
    case memory(P256.Signing.PrivateKey)
    case token(TokenKey)
  }

  private let place: Place

  /// Makes a new key in memory from the system's random number generator.
  public init() {
    place = .memory(P256.Signing.PrivateKey())
  }

  /// Reads a key from PEM (PKCS#8 or SEC 1).
  ///
  /// - Throws: ``PKIError`` with code `format` when it is not a P-256 private key.
  public init(pem: String) throws {
    do {
      place = .memory(try P256.Signing.PrivateKey(pemRepresentation: pem))
    } catch {
      throw PKIError(.format, "This is not a P-256 private key in PEM.")
    }
  }

  /// Takes up a key that stays in a PKCS#11 token and that the token gives to nobody.
  ///
  /// - Throws: ``PKIError`` with one of the codes that begin with `token`, or of the file with the PIN.
  public init(in uri: TokenURI) throws(PKIError) {
    place = .token(try TokenKey(uri))
  }

  /// Makes a new key inside a PKCS#11 token, which gives it to nobody.
  ///
  /// - Throws: ``PKIError`` as ``init(in:)``, and `fileExists` when the token has a key of this name.
  public init(makingIn uri: TokenURI) throws(PKIError) {
    try TokenKey.make(uri)
    try self.init(in: uri)
  }

  /// The public half.
  public var publicKey: P256.Signing.PublicKey {
    switch place {
    case .memory(let key): key.publicKey
    case .token(let key): key.publicKey
    }
  }

  /// Whether signing waits for a token, and so has no place on an event loop.
  public var isInToken: Bool {
    if case .token = place { true } else { false }
  }

  /// Threads that may wait for tokens; more than a token signs at once would only wait longer.
  private static let waiting: OperationQueue = {
    let queue = OperationQueue()
    queue.name = "muster.tokens"
    queue.maxConcurrentOperationCount = 8
    return queue
  }()

  /// Does work that signs with this key, where it may wait for a token if the key is in one.
  public func signing<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    guard isInToken else { return try work() }
    return try await withCheckedThrowingContinuation { continuation in
      Self.waiting.addOperation { continuation.resume(with: Result(catching: work)) }
    }
  }

  /// PKCS#8 in PEM. Handle with care: this is the secret.
  ///
  /// - Throws: ``PKIError`` with code `conflict` for a key in a token.
  public var pem: String {
    get throws(PKIError) {
      switch place {
      case .memory(let key): return key.pemRepresentation
      case .token: throw PKIError(.conflict, "This key is in a token and does not leave it.")
      }
    }
  }

  /// The same key as swift-certificates takes it.
  public var certificateKey: Certificate.PrivateKey {
    switch place {
    case .memory(let key): Certificate.PrivateKey(key)
    case .token(let key): Certificate.PrivateKey(TokenCertificateKey(key: key))
    }
  }

  /// Signs `bytes` with ECDSA over their SHA-256.
  ///
  /// - Returns: an ECDSA-Sig-Value in DER (RFC 3279 §2.2.3).
  public func sign(_ bytes: [UInt8]) throws -> [UInt8] {
    switch place {
    case .memory(let key): Array(try key.signature(for: bytes).derRepresentation)
    case .token(let key): try key.signDER(bytes)
    }
  }

  /// Signs a digest that was computed already.
  ///
  /// - Returns: r and s, 32 bytes each.
  func sign(_ digest: GivenDigest) throws -> [UInt8] {
    switch place {
    case .memory(let key): Array(try key.signature(for: digest).rawRepresentation)
    case .token(let key): try key.sign(digest: digest.withUnsafeBytes { Array($0) })
    }
  }
}

extension P256.Signing.PublicKey {
  /// Whether `signature`, an ECDSA-Sig-Value in DER, is this key's over the SHA-256 of `bytes`.
  func verifies(_ signature: some Collection<UInt8>, of bytes: some Collection<UInt8>) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: Array(signature)) else { return false }
    return isValidSignature(signature, for: Array(bytes))
  }
}
