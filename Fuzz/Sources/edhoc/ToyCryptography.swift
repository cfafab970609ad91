import COSE
import OSCORE

/// Cryptography that protects nothing and is quick: with it a fuzzer gets behind the doors that keys close.
///
/// A hash is 32 bytes of mixed input, all secrets are the same, a tag is eight zeros.
struct ToyCryptography: SessionCryptography, ~Copyable {
  struct Hash: SHA256Hash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
      for index in bytes.indices { self.state = (self.state ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    }

    consuming func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
      var value = self.state
      for index in digest.indices {
        value = (value ^ value >> 29) &* 0x9E37_79B9_7F4A_7C15
        digest[index] = UInt8(truncatingIfNeeded: value >> 56)
      }
    }
  }

  func makeHash() throws(CryptoError) -> Hash { Hash() }

  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {}
  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) {}
  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) {}
  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID { KeyID(rawValue: 2) }
  mutating func destroyKey(_ id: KeyID) throws(CryptoError) {}
  mutating func hasKey(_ id: KeyID) -> Bool { true }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in point.indices { point[index] = 4 }
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) { throw .unsupported }

  mutating func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(CryptoError) {
    throw .unsupported
  }

  mutating func agree(_ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in secret.indices { secret[index] = 7 }
  }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    for index in buffer.count - 8..<buffer.count { buffer[index] = 0 }
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    for index in buffer.count - 8..<buffer.count where buffer[index] != 0 { throw .badTag }
  }
}

/// C_I.
let deviceIdentifier = identifier([0x05])
/// C_R.
let managerIdentifier = identifier([1, 2, 3, 4])

private func identifier(_ bytes: [UInt8]) -> ConnectionIdentifier {
  ConnectionIdentifier(bytes.span) ?? ConnectionIdentifier()
}

/// Everybody's credential: the toy looks at no key.
let credential: [UInt8] =
  [0xA1, 0x08, 0xA1, 0x01, 0xA5, 0x01, 0x02, 0x02, 0x48] + [UInt8](repeating: 6, count: 8)
  + [0x20, 0x01, 0x21, 0x58, 0x20] + [UInt8](repeating: 4, count: 32) + [0x22, 0x58, 0x20]
  + [UInt8](repeating: 4, count: 32)

/// A message 1 with C_I `deviceIdentifier`.
let message1: [UInt8] = [3, 2, 0x58, 0x20] + [UInt8](repeating: 4, count: 32) + [0x05]
