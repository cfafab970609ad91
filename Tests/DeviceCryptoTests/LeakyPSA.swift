import COSE
import DeviceCrypto

/// DeviceCrypto with a fault in it: whenever it signs, it commits a breach on the key.
struct LeakyPSA: SessionCryptography, ~Copyable {
  private var honest: PSACryptography
  private let breach: Breach

  init(_ breach: Breach) throws(CryptoError) {
    honest = try PSACryptography()
    self.breach = breach
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do { try breach.commit(on: id) } catch { throw .failed }
    try honest.sign(digest: digest, with: id, into: &signature)
  }

  func makeHash() throws(CryptoError) -> PSAHash { try honest.makeHash() }
  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) { try honest.random(into: &bytes) }
  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) { try honest.generateSigningKey(id) }
  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) { try honest.generateAgreementKey(id) }
  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID { try honest.generateEphemeralKey() }
  mutating func destroyKey(_ id: KeyID) throws(CryptoError) { try honest.destroyKey(id) }
  mutating func hasKey(_ id: KeyID) throws(CryptoError) -> Bool { try honest.hasKey(id) }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    try honest.publicKey(of: id, into: &point)
  }

  mutating func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(CryptoError) {
    try honest.verify(signature, digest: digest, publicKey: publicKey)
  }

  mutating func agree(_ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>) throws(CryptoError) {
    try honest.agree(id, peerX: peerX, into: &secret)
  }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try honest.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try honest.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }
}
