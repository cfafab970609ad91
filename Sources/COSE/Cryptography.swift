/// A place for a private key, by number: on devices a PSA persistent key identifier.
public struct KeyID: Hashable, Sendable {
  /// PSA takes 1 to 0x3FFFFFFF from applications.
  public var rawValue: UInt32

  /// Any number; the provider refuses the ones it cannot use.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}

/// Why a cryptographic operation did not happen. The raw values are stable: devices report them.
public enum CryptoError: UInt8, Error, Equatable, Sendable {
  /// There is no entropy source, or its health tests failed. No key is made and nothing is signed.
  case noEntropy = 1
  /// No key has this identifier.
  case noSuchKey = 2
  /// A key with this identifier exists already.
  case keyExists = 3
  /// The bytes are not a point of the curve.
  case badPoint = 4
  /// The signature is not the key's over this digest.
  case badSignature = 5
  /// Key storage cannot be read or written, or it is full.
  case storage = 6
  /// Too little memory.
  case memory = 7
  /// The provider does not know the algorithm, or a buffer's length is not the one prescribed.
  case unsupported = 8
  /// Anything else.
  case failed = 9
  /// The ciphertext is not what the key's holder made: its tag does not fit.
  case badTag = 10
}

/// SHA-256 over bytes that come in pieces.
///
/// Copyable, because Swift 6.3 allows no associated type that is not. Nothing relies on copies.
public protocol SHA256Hash {
  /// Adds bytes.
  mutating func update(_ bytes: Span<UInt8>) throws(CryptoError)

  /// Ends the computation.
  ///
  /// - Parameter digest: exactly 32 bytes; any other length throws `unsupported`.
  mutating func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError)
}

/// Everything Muster's core needs of cryptography: P-256 keys that stay where they are, ECDSA, SHA-256, randomness.
///
/// A provider is owned by one user and not shared between threads.
public protocol Cryptography: ~Copyable {
  /// The provider's running hash.
  associatedtype Hash: SHA256Hash

  /// Begins a SHA-256.
  func makeHash() throws(CryptoError) -> Hash

  /// Fills the buffer with random bytes fit for keys and nonces.
  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError)

  /// Makes a P-256 key for ECDSA, persistent and not exportable.
  ///
  /// - Throws: `keyExists` if the identifier is taken: nothing is ever overwritten.
  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError)

  /// Destroys a key. No such key is a success.
  mutating func destroyKey(_ id: KeyID) throws(CryptoError)

  /// Whether there is a key with this identifier.
  ///
  /// - Throws: `storage` and others when it cannot be told: a key that cannot be read is not one that is not there.
  mutating func hasKey(_ id: KeyID) throws(CryptoError) -> Bool

  /// The public half of a key.
  ///
  /// - Parameter point: exactly 65 bytes, an uncompressed SEC 1 point.
  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError)

  /// Signs a digest by ECDSA.
  ///
  /// - Parameters:
  ///   - digest: 32 bytes, SHA-256 of what is signed.
  ///   - signature: exactly 64 bytes: r and s, big-endian.
  mutating func sign(digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>) throws(CryptoError)

  /// Verifies an ECDSA signature.
  ///
  /// - Parameters:
  ///   - signature: 64 bytes: r and s, big-endian.
  ///   - digest: 32 bytes.
  ///   - publicKey: 65 bytes, an uncompressed SEC 1 point.
  /// - Throws: `badSignature`; `badPoint` for a key that is none.
  mutating func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(CryptoError)
}
