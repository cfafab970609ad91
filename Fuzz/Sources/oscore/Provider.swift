import COSE

/// Cryptography that any fuzzer can break: a fixed keystream, and a sum for a tag. What stands behind the tag is
/// what is to be reached.
struct Provider: SessionCryptography, ~Copyable {
  struct Hash: SHA256Hash {
    private var state: UInt32 = 0x811C_9DC5

    mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
      for index in bytes.indices { self.state = (self.state ^ UInt32(bytes[index])) &* 0x0100_0193 }
    }

    consuming func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
      for index in digest.indices { digest[index] = UInt8(truncatingIfNeeded: self.state >> (UInt32(index & 3) * 8)) }
    }
  }

  /// Whether every tag fits.
  var takesAll: Bool

  func makeHash() throws(CryptoError) -> Hash { Hash() }
  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) { throw .unsupported }
  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) { throw .unsupported }
  mutating func destroyKey(_ id: KeyID) throws(CryptoError) { throw .unsupported }
  mutating func hasKey(_ id: KeyID) -> Bool { false }
  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    throw .unsupported
  }
  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) { throw .unsupported }
  mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) { throw .unsupported }
  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) { throw .unsupported }
  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID { throw .unsupported }
  mutating func agree(
    _ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>
  ) throws(CryptoError) { throw .unsupported }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    let end = buffer.count - 8
    let tag = Self.tag(buffer.span.extracting(0..<end), key, nonce, additionalData)
    for index in 0..<end { buffer[index] ^= 0x5A }
    for index in 0..<8 { buffer[end + index] = tag &+ UInt8(index) }
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    precondition(buffer.count > 8 && key.count == 16 && nonce.count == 13 && additionalData.count <= 31)
    let end = buffer.count - 8
    for index in 0..<end { buffer[index] ^= 0x5A }
    let tag = Self.tag(buffer.span.extracting(0..<end), key, nonce, additionalData)
    for index in 0..<8 where !self.takesAll && buffer[end + index] != tag &+ UInt8(index) { throw .badTag }
  }

  private static func tag(
    _ plain: Span<UInt8>, _ key: Span<UInt8>, _ nonce: Span<UInt8>, _ data: Span<UInt8>
  ) -> UInt8 {
    var sum: UInt8 = 1
    for index in plain.indices { sum = sum &* 31 &+ plain[index] }
    for index in key.indices { sum = sum &* 31 &+ key[index] }
    for index in nonce.indices { sum = sum &* 31 &+ nonce[index] }
    for index in data.indices { sum = sum &* 31 &+ data[index] }
    return sum
  }
}
