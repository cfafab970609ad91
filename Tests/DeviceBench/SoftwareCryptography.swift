public import COSE
public import PKI

/// A device's cryptography by swift-crypto, with a key table that outlives the device as flash would.
public struct SoftwareCryptography: SessionCryptography, ~Copyable {
  /// The keys, by their identifiers.
  public final class KeyTable {
    var host = HostCryptography()

    public init() {}

    /// The identity keys there are.
    public var identityKeys: Int { [0x1001, 0x1002].count { host.hasKey(KeyID(rawValue: $0)) } }
  }

  public let table: KeyTable

  public init(table: KeyTable) { self.table = table }

  public func makeHash() throws(CryptoError) -> HostSHA256 { try table.host.makeHash() }

  public mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    try table.host.random(into: &bytes)
  }

  public mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) { try table.host.generateSigningKey(id) }
  public mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) { try table.host.generateAgreementKey(id) }
  public mutating func generateEphemeralKey() throws(CryptoError) -> KeyID { try table.host.generateEphemeralKey() }
  public mutating func destroyKey(_ id: KeyID) throws(CryptoError) { try table.host.destroyKey(id) }
  public mutating func hasKey(_ id: KeyID) -> Bool { table.host.hasKey(id) }

  public mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    try table.host.publicKey(of: id, into: &point)
  }

  public mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try table.host.sign(digest: digest, with: id, into: &signature)
  }

  public mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) {
    try table.host.verify(signature, digest: digest, publicKey: publicKey)
  }

  public mutating func agree(
    _ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try table.host.agree(id, peerX: peerX, into: &secret)
  }

  public mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try table.host.seal(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }

  public mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    try table.host.open(&buffer, key: key, nonce: nonce, additionalData: additionalData)
  }
}
