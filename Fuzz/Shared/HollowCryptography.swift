import COSE

/// For targets that need a cryptography and none of its work: every signature is good, or none; no hash, but as long as one, and quick.
struct HollowCryptography: Cryptography {
  let acceptsSignatures: Bool

  struct Hash: SHA256Hash {
    mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {}

    mutating func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
      for index in digest.indices { digest[index] = 0x6B }
    }
  }

  func makeHash() throws(CryptoError) -> Hash { Hash() }

  func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {}

  func generateSigningKey(_ id: KeyID) throws(CryptoError) {}

  func destroyKey(_ id: KeyID) throws(CryptoError) {}

  func hasKey(_ id: KeyID) -> Bool { true }

  func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {}

  func sign(digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>) throws(CryptoError) {}

  func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(CryptoError) {
    guard acceptsSignatures else { throw .badSignature }
  }
}
