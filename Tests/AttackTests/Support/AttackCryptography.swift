import COSE
import PKI

/// The host's cryptography, sound or weakened, or failing altogether.
struct AttackCryptography: SessionCryptography {
  private var host = HostCryptography()
  private let weaknesses: Set<Weakness>
  /// The random number generator's health tests fail.
  var hasNoEntropy = false
  private var constants: UInt32 = 0

  /// The one ephemeral key of those whose randomness is constant.
  private static let constantKey = AgreementKey()

  init(_ weaknesses: Set<Weakness> = []) { self.weaknesses = weaknesses }

  mutating func add(_ key: AgreementKey, as id: KeyID) throws(CryptoError) { try host.add(key, as: id) }

  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID {
    guard !hasNoEntropy else { throw .noEntropy }
    guard weaknesses.contains(.constantRandomness) else { return try host.generateEphemeralKey() }
    constants += 1
    let id = KeyID(rawValue: 0x2000_0000 + constants)
    try host.add(Self.constantKey, as: id)
    return id
  }

  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard !hasNoEntropy else { throw .noEntropy }
    try host.random(into: &bytes)
    guard weaknesses.contains(.constantRandomness) else { return }
    for index in bytes.indices { bytes[index] = 0x5A }
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard weaknesses.contains(.ignoresTags) else {
      return try host.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
    }
    // CCM encrypts by counter mode, so that sealing zeros gives the key stream.
    var zeros = [UInt8](repeating: 0, count: buffer.count)
    var stream = zeros.mutableSpan
    try host.seal(&stream, key: key, nonce: nonce, additionalData: additionalData)
    for index in 0..<max(0, buffer.count - 8) { buffer[index] ^= zeros[index] }
  }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try host.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  func makeHash() throws(CryptoError) -> HostSHA256 { try host.makeHash() }

  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) {
    guard !hasNoEntropy else { throw .noEntropy }
    try host.generateSigningKey(id)
  }

  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) {
    guard !hasNoEntropy else { throw .noEntropy }
    try host.generateAgreementKey(id)
  }

  mutating func destroyKey(_ id: KeyID) throws(CryptoError) { try host.destroyKey(id) }
  mutating func hasKey(_ id: KeyID) -> Bool { host.hasKey(id) }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    try host.publicKey(of: id, into: &point)
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try host.sign(digest: digest, with: id, into: &signature)
  }

  mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) {
    try host.verify(signature, digest: digest, publicKey: publicKey)
  }

  mutating func agree(
    _ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try host.agree(id, peerX: peerX, into: &secret)
  }
}
