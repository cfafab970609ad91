import COSE
import PKI

/// The host's cryptography, sound or weakened, or failing altogether.
struct AttackCryptography: SessionCryptography {
  /// What outlives a restart, as flash does, and what a test wants to know.
  final class Table {
    fileprivate var host = HostCryptography()
    fileprivate var count: UInt32 = 0
    /// The random number generator's health tests fail.
    var hasNoEntropy = false
    /// How often somebody drew in vain.
    fileprivate(set) var refusals = 0
    fileprivate var ephemeralKeys: [KeyID: AgreementKey] = [:]
    /// How often a key was made for good, or something was signed.
    fileprivate(set) var changes = 0

    /// x and y of a key.
    func coordinates(_ id: UInt32) -> [UInt8]? {
      var point = [UInt8](repeating: 0, count: 65)
      var span = point.mutableSpan
      do { try host.publicKey(of: KeyID(rawValue: id), into: &span) } catch { return nil }
      return Array(point.dropFirst())
    }
  }

  let table: Table
  private let weaknesses: Set<Weakness>

  /// The one ephemeral key of those whose randomness is constant.
  static let constantKey = AgreementKey()

  init(_ weaknesses: Set<Weakness> = [], table: Table = Table()) {
    self.weaknesses = weaknesses
    self.table = table
  }

  mutating func add(_ key: AgreementKey, as id: KeyID) throws(CryptoError) { try table.host.add(key, as: id) }

  private func requireEntropy() throws(CryptoError) {
    guard table.hasNoEntropy else { return }
    table.refusals += 1
    throw .noEntropy
  }

  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID {
    try requireEntropy()
    let key = weaknesses.contains(.constantRandomness) ? Self.constantKey : AgreementKey()
    table.count += 1
    let id = KeyID(rawValue: 0x2000_0000 + table.count)
    try table.host.add(key, as: id)
    table.ephemeralKeys[id] = key
    return id
  }

  /// Lets another provider go on with what was begun by this one.
  func giveEphemeralKeys(to other: inout HostCryptography) throws(CryptoError) {
    for (id, key) in table.ephemeralKeys { try other.add(key, as: id) }
  }

  mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    try requireEntropy()
    try table.host.random(into: &bytes)
    guard weaknesses.contains(.constantRandomness) else { return }
    for index in bytes.indices { bytes[index] = 0x5A }
  }

  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard weaknesses.contains(.ignoresTags) else {
      return try table.host.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
    }
    // CCM encrypts by counter mode, so that sealing zeros gives the key stream.
    var zeros = [UInt8](repeating: 0, count: buffer.count)
    var stream = zeros.mutableSpan
    try table.host.seal(&stream, key: key, nonce: nonce, additionalData: additionalData)
    for index in 0..<max(0, buffer.count - 8) { buffer[index] ^= zeros[index] }
  }

  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try table.host.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  func makeHash() throws(CryptoError) -> HostSHA256 { try table.host.makeHash() }

  mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) {
    try requireEntropy()
    try table.host.generateSigningKey(id)
    table.changes += 1
  }

  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) {
    try requireEntropy()
    try table.host.generateAgreementKey(id)
    table.changes += 1
  }

  mutating func destroyKey(_ id: KeyID) throws(CryptoError) {
    table.ephemeralKeys[id] = nil
    try table.host.destroyKey(id)
  }

  mutating func hasKey(_ id: KeyID) -> Bool { table.host.hasKey(id) }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    try table.host.publicKey(of: id, into: &point)
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try table.host.sign(digest: digest, with: id, into: &signature)
    table.changes += 1
  }

  mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) {
    try table.host.verify(signature, digest: digest, publicKey: publicKey)
  }

  mutating func agree(
    _ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try table.host.agree(id, peerX: peerX, into: &secret)
  }
}
