import CMbedTLS
public import COSE

/// A session's cryptography by PSA Crypto. Diffie-Hellman keys stay behind PSA like signing keys; a session's AES keys, which
/// come out of memory, are PSA's only for the time of one call.
extension PSACryptography: SessionCryptography {
  public mutating func generateAgreementKey(_ id: KeyID) throws(CryptoError) {
    // PSA would take 0 for the wish not to keep the key.
    guard id.rawValue != 0 else { throw .unsupported }
    _ = try generateKey(id.rawValue, for: muster_ecdh(), usage: muster_usage_derive())
  }

  public mutating func generateEphemeralKey() throws(CryptoError) -> KeyID {
    KeyID(rawValue: try generateKey(0, for: muster_ecdh(), usage: muster_usage_derive()))
  }

  public mutating func agree(
    _ id: KeyID, peerX: Span<UInt8>, into secret: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    guard peerX.count == 32, secret.count == 32 else { throw .unsupported }
    var point = InlineArray<65, UInt8>(repeating: 0)
    var span = point.mutableSpan
    try P256Point.complete(x: peerX, into: &span)
    var length = 0
    let status = span.withUnsafeMutableBufferPointer { point in
      secret.withUnsafeMutableBufferPointer { secret in
        psa_raw_key_agreement(
          muster_ecdh(), id.rawValue, point.baseAddress, point.count, secret.baseAddress, secret.count, &length)
      }
    }
    try CryptoError.check(status)
  }

  // In and out are the same memory in the next two: PSA leaves that to the implementation, and mbedTLS allows it, since
  // each block of CCM is read before it is written.

  public mutating func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard buffer.count >= 8 else { throw .unsupported }
    let aes = try importAESKey(key, nonce, muster_usage_encrypt())
    var length = 0
    let status = buffer.withUnsafeMutableBufferPointer { buffer in
      nonce.withUnsafeBufferPointer { nonce in
        additionalData.withUnsafeBufferPointer { additionalData in
          psa_aead_encrypt(
            aes, muster_ccm8(), nonce.baseAddress, nonce.count, additionalData.baseAddress, additionalData.count,
            buffer.baseAddress, buffer.count - 8, buffer.baseAddress, buffer.count, &length)
        }
      }
    }
    psa_destroy_key(aes)
    try CryptoError.check(status)
  }

  public mutating func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard buffer.count >= 8 else { throw .badTag }
    let aes = try importAESKey(key, nonce, muster_usage_decrypt())
    var length = 0
    let status = buffer.withUnsafeMutableBufferPointer { buffer in
      nonce.withUnsafeBufferPointer { nonce in
        additionalData.withUnsafeBufferPointer { additionalData in
          psa_aead_decrypt(
            aes, muster_ccm8(), nonce.baseAddress, nonce.count, additionalData.baseAddress, additionalData.count,
            buffer.baseAddress, buffer.count, buffer.baseAddress, buffer.count, &length)
        }
      }
    }
    psa_destroy_key(aes)
    guard status != PSA_ERROR_INVALID_SIGNATURE else { throw .badTag }
    try CryptoError.check(status)
  }

  /// Checks the lengths that make CCM the one that is meant: PSA would take others.
  private func importAESKey(
    _ key: Span<UInt8>, _ nonce: Span<UInt8>, _ usage: psa_key_usage_t
  ) throws(CryptoError) -> psa_key_id_t {
    guard key.count == 16, nonce.count == 13 else { throw .unsupported }
    return try importKey(key, as: muster_aes(), for: muster_ccm8(), usage: usage, invalid: .unsupported)
  }
}
