import COSE
import Crypto
import Foundation

/// COSE's crypto protocol over swift-crypto, with keys in memory: for these tests only.
struct SoftwareCryptography: Cryptography, ~Copyable {
  struct Hash: SHA256Hash {
    private var state = SHA256()
    /// How many bytes went through, over all updates.
    private(set) var count = 0

    mutating func update(_ bytes: Span<UInt8>) throws(COSE.CryptoError) {
      self.state.update(data: copy(bytes))
      self.count += bytes.count
    }

    mutating func finish(into digest: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
      guard digest.count == ES256.digestBytes else { throw .unsupported }
      for (index, byte) in self.state.finalize().enumerated() { digest[index] = byte }
    }
  }

  private var keys: [KeyID: P256.Signing.PrivateKey] = [:]
  /// The next operation of this kind fails: for looking at what happens then.
  var failure: Failure?

  enum Failure {
    case hashing, signing, verifying
  }

  /// Puts a key in place that the test knows.
  mutating func insert(_ key: P256.Signing.PrivateKey, as id: KeyID) {
    self.keys[id] = key
  }

  func makeHash() throws(COSE.CryptoError) -> Hash {
    if self.failure == .hashing { throw .memory }
    return Hash()
  }

  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
    for index in bytes.indices { bytes[index] = .random(in: 0...255) }
  }

  mutating func generateSigningKey(_ id: KeyID) throws(COSE.CryptoError) {
    guard self.keys[id] == nil else { throw .keyExists }
    self.keys[id] = P256.Signing.PrivateKey()
  }

  mutating func destroyKey(_ id: KeyID) throws(COSE.CryptoError) {
    self.keys[id] = nil
  }

  mutating func hasKey(_ id: KeyID) -> Bool {
    self.keys[id] != nil
  }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(COSE.CryptoError) {
    guard let key = self.keys[id] else { throw .noSuchKey }
    guard point.count == ES256.publicKeyBytes else { throw .unsupported }
    for (index, byte) in key.publicKey.x963Representation.enumerated() { point[index] = byte }
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(COSE.CryptoError) {
    if self.failure == .signing { throw .noEntropy }
    guard let key = self.keys[id] else { throw .noSuchKey }
    guard signature.count == ES256.signatureBytes else { throw .unsupported }
    guard let made = try? key.signature(for: ReceivedDigest(digest)) else { throw .failed }
    for (index, byte) in made.rawRepresentation.enumerated() { signature[index] = byte }
  }

  mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(COSE.CryptoError) {
    if self.failure == .verifying { throw .memory }
    guard let key = try? P256.Signing.PublicKey(x963Representation: copy(publicKey)) else { throw .badPoint }
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: copy(signature)),
      key.isValidSignature(signature, for: ReceivedDigest(digest))
    else { throw .badSignature }
  }
}

/// A digest that was computed elsewhere, in the form swift-crypto takes it.
struct ReceivedDigest: Digest {
  static let byteCount = ES256.digestBytes
  private let bytes: [UInt8]

  init(_ digest: Span<UInt8>) { self.bytes = copy(digest) }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try self.bytes.withUnsafeBytes(body)
  }

  func makeIterator() -> [UInt8].Iterator { self.bytes.makeIterator() }

  var description: String { hexText(self.bytes) }
}
