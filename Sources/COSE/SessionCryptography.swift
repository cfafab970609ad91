/// What a session needs beyond signatures: P-256 Diffie-Hellman (RFC 9528 §3.2) and AES-CCM-16-64-128 (RFC 9053 §4.2).
///
/// EDHOC sends x-coordinates only, so points go in and out as their 32-byte x, big-endian: the x of a shared secret is
/// the same whichever of the two y is meant. A provider whose library wants whole points recovers one itself.
public protocol SessionCryptography: Cryptography, ~Copyable {
  /// Makes a P-256 key for key agreement, persistent and not exportable.
  ///
  /// - Throws: `keyExists` if the identifier is taken: nothing is ever overwritten.
  mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError)

  /// Makes a P-256 key for one agreement, which lives until `destroyKey` or a restart.
  ///
  /// - Returns: the identifier it got, outside the range that applications choose from.
  mutating func generateEphemeralKey() throws(CryptoError) -> KeyID

  /// The x-coordinate of the shared point (SEC 1 §3.3.1).
  ///
  /// - Parameters:
  ///   - id: an agreement key or an ephemeral one.
  ///   - peerX: 32 bytes.
  ///   - secret: exactly 32 bytes.
  /// - Throws: `badPoint` when no point of the curve has this x.
  mutating func agree(_ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>) throws(CryptoError)

  /// Encrypts in place.
  ///
  /// - Parameters:
  ///   - buffer: the plaintext, and 8 bytes at the end for the tag.
  ///   - key: 16 bytes.
  ///   - nonce: 13 bytes, never used twice with one key.
  ///   - additionalData: authenticated along, not encrypted.
  mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError)

  /// Decrypts in place; the plaintext is all but the buffer's last 8 bytes.
  ///
  /// - Parameters:
  ///   - buffer: ciphertext and tag. Its contents are of no use after an error.
  /// - Throws: `badTag`.
  mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError)
}
