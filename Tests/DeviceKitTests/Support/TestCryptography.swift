import COSE
import Crypto
import PKI

/// What a device's key storage holds; it survives restarts.
final class KeyTable {
  let power: Power
  var keys: [UInt32: P256.Signing.PrivateKey] = [:]
  /// Every signing key ever made.
  private(set) var made: [P256.Signing.PrivateKey] = []
  /// Keys for agreement that survive restarts: the bootstrap key.
  var agreementKeys: [UInt32: P256.KeyAgreement.PrivateKey] = [:]
  /// Keys for one agreement; a restart takes them.
  var ephemeralKeys: [UInt32: P256.KeyAgreement.PrivateKey] = [:]
  var hasEntropy = true
  /// Whether it can be told which keys there are.
  var isReadable = true

  init(power: Power) {
    self.power = power
  }

  /// Storing and erasing a key are each done whole or not at all, as `KeyStorage` does them.
  func change(_ body: () -> Void) -> Bool {
    power.perform(body) { if Bool.random(using: &$0) { body() } }
  }

  func insert(_ key: P256.Signing.PrivateKey, as id: UInt32) {
    keys[id] = key
    made.append(key)
  }
}

/// Cryptography by swift-crypto, with keys in a ``KeyTable``.
struct TestCryptography: SessionCryptography {
  let table: KeyTable
  private var host = HostCryptography()

  init(table: KeyTable) {
    self.table = table
  }

  struct Hash: SHA256Hash {
    private var hash = SHA256()

    mutating func update(_ bytes: Span<UInt8>) throws(COSE.CryptoError) {
      hash.update(data: bytes.array)
    }

    mutating func finish(into digest: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
      guard digest.count == 32 else { throw .unsupported }
      for (index, byte) in hash.finalize().enumerated() { digest[index] = byte }
    }
  }

  func makeHash() throws(COSE.CryptoError) -> Hash { Hash() }

  func random(into bytes: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
    guard table.hasEntropy else { throw .noEntropy }
    for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255) }
  }

  func generateSigningKey(_ id: KeyID) throws(COSE.CryptoError) {
    guard table.hasEntropy else { throw .noEntropy }
    guard table.keys[id.rawValue] == nil else { throw .keyExists }
    let key = P256.Signing.PrivateKey()
    guard table.change({ table.insert(key, as: id.rawValue) }) else { throw .storage }
  }

  func generateAgreementKey(_ id: KeyID) throws(COSE.CryptoError) {
    guard table.hasEntropy else { throw .noEntropy }
    guard table.agreementKeys[id.rawValue] == nil else { throw .keyExists }
    let key = P256.KeyAgreement.PrivateKey()
    guard table.change({ table.agreementKeys[id.rawValue] = key }) else { throw .storage }
  }

  func generateEphemeralKey() throws(COSE.CryptoError) -> KeyID {
    guard table.hasEntropy else { throw .noEntropy }
    let id = 0x4000_0000 + UInt32(table.ephemeralKeys.count)
    table.ephemeralKeys[id] = P256.KeyAgreement.PrivateKey()
    return KeyID(rawValue: id)
  }

  func agree(_ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
    guard let key = table.agreementKeys[id.rawValue] ?? table.ephemeralKeys[id.rawValue] else { throw .noSuchKey }
    guard let peer = try? P256.KeyAgreement.PublicKey(compressedRepresentation: [2] + peerX.array),
      let shared = try? key.sharedSecretFromKeyAgreement(with: peer)
    else { throw .badPoint }
    shared.withUnsafeBytes { bytes in
      for index in bytes.indices { secret[index] = bytes[index] }
    }
  }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(COSE.CryptoError) {
    try host.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(COSE.CryptoError) {
    try host.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  func destroyKey(_ id: KeyID) throws(COSE.CryptoError) {
    table.ephemeralKeys[id.rawValue] = nil
    if table.agreementKeys[id.rawValue] != nil {
      guard table.change({ table.agreementKeys[id.rawValue] = nil }) else { throw .storage }
    }
    guard table.keys[id.rawValue] != nil else { return }
    guard table.change({ table.keys[id.rawValue] = nil }) else { throw .storage }
  }

  func hasKey(_ id: KeyID) throws(COSE.CryptoError) -> Bool {
    guard table.isReadable else { throw .storage }
    return table.keys[id.rawValue] != nil || table.agreementKeys[id.rawValue] != nil
      || table.ephemeralKeys[id.rawValue] != nil
  }

  func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
    let bytes =
      table.keys[id.rawValue]?.publicKey.x963Representation
      ?? (table.agreementKeys[id.rawValue] ?? table.ephemeralKeys[id.rawValue])?.publicKey.x963Representation
    guard let bytes else { throw .noSuchKey }
    for (index, byte) in bytes.enumerated() { point[index] = byte }
  }

  func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(COSE.CryptoError) {
    guard let key = table.keys[id.rawValue] else { throw .noSuchKey }
    guard let made = try? key.signature(for: Prehashed(digest.array)) else { throw .failed }
    for (index, byte) in made.rawRepresentation.enumerated() { signature[index] = byte }
  }

  func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(COSE.CryptoError) {
    guard let key = try? P256.Signing.PublicKey(x963Representation: publicKey.array) else { throw .badPoint }
    guard let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature.array),
      key.isValidSignature(parsed, for: Prehashed(digest.array))
    else { throw .badSignature }
  }
}

/// A digest that was computed elsewhere.
struct Prehashed: Digest {
  static let byteCount = 32
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }

  func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
}

extension Span where Element == UInt8 {
  var array: [UInt8] { indices.map { self[$0] } }
}
