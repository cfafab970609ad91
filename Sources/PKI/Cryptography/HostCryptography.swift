public import COSE
import Crypto

// Named, since swift-crypto has a type of that name too.
public import enum COSE.CryptoError

/// COSE's cryptography for servers and command lines, by swift-crypto and, where that has nothing, libcrypto. Keys live in
/// memory for as long as this value does; a copy has them too.
///
/// mbedTLS 2.28's PSA, which devices use, is not thread-safe and has no place in a server; the two providers check each other in tests.
public struct HostCryptography: Cryptography, Sendable {
  private enum Key {
    case signing(SigningKey)
    case agreement(AgreementKey)
  }

  /// The first identifier that PSA leaves to no application.
  private static let firstEphemeralKey: UInt32 = 0x4000_0000

  private var keys: [KeyID: Key] = [:]
  private var nextEphemeralKey = Self.firstEphemeralKey
  /// The last peer's key, since a handshake agrees with one twice in a row, and finding its y takes half as long as agreeing.
  private var lastPeer: (x: [UInt8], key: P256.KeyAgreement.PublicKey)?

  /// A provider without keys.
  public init() {}

  /// Takes a signing key that comes from elsewhere, such as a key file.
  ///
  /// - Throws: `keyExists` if the identifier is taken.
  public mutating func add(_ key: SigningKey, as id: KeyID) throws(CryptoError) {
    try add(.signing(key), as: id)
  }

  /// Takes an agreement key that comes from elsewhere, such as a key file.
  ///
  /// - Throws: `keyExists` if the identifier is taken.
  public mutating func add(_ key: AgreementKey, as id: KeyID) throws(CryptoError) {
    try add(.agreement(key), as: id)
  }

  private mutating func add(_ key: Key, as id: KeyID) throws(CryptoError) {
    guard keys[id] == nil else { throw .keyExists }
    keys[id] = key
  }

  public func makeHash() throws(CryptoError) -> HostSHA256 { HostSHA256() }

  public mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard bytes.fill(with: randomBytes(bytes.count)) else { throw .failed }
  }

  public mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) {
    try add(SigningKey(), as: id)
  }

  public mutating func destroyKey(_ id: KeyID) throws(CryptoError) { keys[id] = nil }

  public mutating func hasKey(_ id: KeyID) -> Bool { keys[id] != nil }

  public mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    let made: [UInt8]
    switch keys[id] {
    case .signing(let key): made = Array(key.publicKey.x963Representation)
    case .agreement(let key): made = Array(key.publicKey.x963Representation)
    case nil: throw .noSuchKey
    }
    guard point.fill(with: made) else { throw .unsupported }
  }

  public mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    let key: SigningKey
    switch keys[id] {
    case .signing(let found): key = found
    case .agreement: throw .unsupported
    case nil: throw .noSuchKey
    }
    guard let digest = GivenDigest(digest) else { throw .unsupported }
    let made: [UInt8]
    do { made = try key.sign(digest) } catch { throw .failed }
    guard signature.fill(with: made) else { throw .unsupported }
  }

  public mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) {
    guard let digest = GivenDigest(digest), signature.count == 64 else { throw .unsupported }
    guard publicKey.count == 65, let key = try? P256.Signing.PublicKey(x963Representation: Array(span: publicKey))
    else { throw .badPoint }
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: Array(span: signature)),
      key.isValidSignature(signature, for: digest)
    else { throw .badSignature }
  }
}

extension HostCryptography: SessionCryptography {
  public mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) {
    try add(AgreementKey(), as: id)
  }

  public mutating func generateEphemeralKey() throws(CryptoError) -> KeyID {
    while keys[KeyID(rawValue: nextEphemeralKey)] != nil { countOn() }
    let id = KeyID(rawValue: nextEphemeralKey)
    try add(.agreement(.ephemeral()), as: id)
    countOn()
    return id
  }

  private mutating func countOn() {
    nextEphemeralKey = nextEphemeralKey == .max ? Self.firstEphemeralKey : nextEphemeralKey + 1
  }

  public mutating func agree(
    _ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    let key: AgreementKey
    switch keys[id] {
    case .agreement(let found): key = found
    case .signing: throw .unsupported
    case nil: throw .noSuchKey
    }
    guard peerX.count == 32, secret.count == 32 else { throw .unsupported }
    let x = Array(span: peerX)
    if lastPeer?.x != x { lastPeer = AgreementKey.peer(x: peerX).map { (x, $0) } }
    guard let lastPeer, let shared = key.agree(with: lastPeer.key) else { throw .badPoint }
    secret.withUnsafeMutableBufferPointer { secret in
      shared.withUnsafeBytes { UnsafeMutableRawBufferPointer(secret).copyMemory(from: $0) }
    }
  }

  public mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try AESCCM.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  public mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try AESCCM.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }
}
