import COSE
import Crypto
import OSCORE
import PKI
import Testing

import enum COSE.CryptoError

/// The servers' cryptography with ephemeral keys that the test chooses, a count of those that live, and an operation
/// that fails on demand.
struct ScriptedCryptography: SessionCryptography, ~Copyable {
  static let own = KeyID(rawValue: 0x1000)

  private var host = HostCryptography()
  private var scripted: [AgreementKey]
  /// Ephemeral keys that were made and not destroyed.
  private(set) var ephemeral: Set<KeyID> = []
  /// How many operations that can fail still succeed; nil for all.
  var operationsUntilFailure: Int?

  init(own: AgreementKey, ephemeral: [AgreementKey] = []) throws {
    try self.host.add(own, as: Self.own)
    self.scripted = ephemeral
  }

  func makeHash() throws(CryptoError) -> HostSHA256 { try self.host.makeHash() }

  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    try self.host.random(into: &bytes)
  }

  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) { throw .unsupported }

  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) { throw .unsupported }

  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID {
    try self.count()
    var id: KeyID
    if self.scripted.isEmpty {
      id = try self.host.generateEphemeralKey()
    } else {
      id = KeyID(rawValue: 0x2000 + UInt32(self.scripted.count))
      try self.host.add(self.scripted.removeFirst(), as: id)
    }
    self.ephemeral.insert(id)
    return id
  }

  mutating func destroyKey(_ id: KeyID) throws(CryptoError) {
    self.ephemeral.remove(id)
    try self.host.destroyKey(id)
  }

  mutating func hasKey(_ id: KeyID) -> Bool { self.host.hasKey(id) }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    try self.count()
    try self.host.publicKey(of: id, into: &point)
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) { throw .unsupported }

  mutating func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(CryptoError) {
    throw .unsupported
  }

  mutating func agree(_ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>) throws(CryptoError) {
    try self.count()
    try self.host.agree(id, peerX: peerX, into: &secret)
  }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try self.count()
    try self.host.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try self.count()
    try self.host.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  private mutating func count() throws(CryptoError) {
    guard let left = self.operationsUntilFailure else { return }
    guard left > 0 else { throw .storage }
    self.operationsUntilFailure = left - 1
  }
}

extension AgreementKey {
  /// The key with this private number.
  init(scalar: [UInt8]) throws {
    try self.init(pem: P256.KeyAgreement.PrivateKey(rawRepresentation: scalar).pemRepresentation)
  }

  /// Its credential in Muster's own form.
  var credential: [UInt8] {
    get throws {
      let crypto = HostCryptography()
      let key = try #require(rawPublicKey(self.coordinates))
      return try written { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
        try Credential.write(key, into: &span, with: crypto)
      }
    }
  }
}

/// Outside the macros, which take no spans.
func rawPublicKey(_ bytes: [UInt8]) -> RawPublicKey? { RawPublicKey(bytes.span) }
