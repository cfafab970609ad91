import CMbedTLS
public import COSE

/// COSE's cryptography by PSA Crypto: mbedTLS on a board, a vendor's secure element or TF-M where there is one.
///
/// Private keys stay behind PSA: they are made there, never exported, and named by number only. mbedTLS 2.28's PSA is
/// not thread-safe, and its state is global: use one value of this type, from one thread, never in a server.
public struct PSACryptography: Cryptography, ~Copyable {
  /// Starts PSA. Starting it twice is harmless.
  ///
  /// - Throws: `CryptoError.memory` or `.failed` if it does not start.
  public init() throws(CryptoError) {
    try CryptoError.check(psa_crypto_init())
  }

  public func makeHash() throws(CryptoError) -> PSAHash {
    try PSAHash()
  }

  public mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    let status = bytes.withUnsafeMutableBufferPointer { psa_generate_random($0.baseAddress, $0.count) }
    try CryptoError.check(status)
  }

  public mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) {
    _ = try generateKey(id.rawValue, for: muster_ecdsa_sha256(), usage: muster_usage_sign())
  }

  /// Makes a P-256 key that is never exported.
  ///
  /// - Parameter id: where it is kept; 0 for a key that is not.
  /// - Returns: the identifier it got.
  @inline(never)
  func generateKey(
    _ id: UInt32, for algorithm: psa_algorithm_t, usage: psa_key_usage_t
  ) throws(CryptoError) -> psa_key_id_t {
    var attributes = psa_key_attributes_init()
    // An identifier makes a key persistent, and PSA refuses 0.
    if id != 0 { psa_set_key_id(&attributes, id) }
    psa_set_key_type(&attributes, muster_p256_key_pair())
    psa_set_key_bits(&attributes, 256)
    psa_set_key_algorithm(&attributes, algorithm)
    psa_set_key_usage_flags(&attributes, usage)
    var key = psa_key_id_t()
    try CryptoError.check(psa_generate_key(&attributes, &key))
    return key
  }

  public mutating func destroyKey(_ id: KeyID) throws(CryptoError) {
    let status = psa_destroy_key(id.rawValue)
    // A key that is not there is destroyed: start-up may ask again after a power cut.
    guard status != PSA_ERROR_INVALID_HANDLE, status != PSA_ERROR_DOES_NOT_EXIST else { return }
    try CryptoError.check(status)
  }

  public mutating func hasKey(_ id: KeyID) throws(CryptoError) -> Bool {
    var attributes = psa_key_attributes_init()
    let status = psa_get_key_attributes(id.rawValue, &attributes)
    if status == PSA_SUCCESS { return true }
    let error = CryptoError(status)
    guard error == .noSuchKey else { throw error }
    return false
  }

  public mutating func publicKey(of id: KeyID, into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard bytes.count == 65 else { throw .unsupported }
    var length = 0
    let status = bytes.withUnsafeMutableBufferPointer {
      psa_export_public_key(id.rawValue, $0.baseAddress, $0.count, &length)
    }
    try CryptoError.check(status)
  }

  public mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    guard digest.count == 32, signature.count == 64 else { throw .unsupported }
    var length = 0
    let status = digest.withUnsafeBufferPointer { digest in
      signature.withUnsafeMutableBufferPointer { signature in
        psa_sign_hash(
          id.rawValue, muster_ecdsa_sha256(), digest.baseAddress, digest.count, signature.baseAddress, signature.count,
          &length)
      }
    }
    try CryptoError.check(status)
  }

  public mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) {
    guard digest.count == 32, publicKey.count == 65 else { throw .unsupported }
    guard signature.count == 64 else { throw .badSignature }
    let key = try importPublicKey(publicKey)
    let status = digest.withUnsafeBufferPointer { digest in
      signature.withUnsafeBufferPointer { signature in
        psa_verify_hash(
          key, muster_ecdsa_sha256(), digest.baseAddress, digest.count, signature.baseAddress, signature.count)
      }
    }
    psa_destroy_key(key)
    try CryptoError.check(status)
  }

  /// Makes a volatile key out of an uncompressed point; the caller destroys it.
  ///
  /// - Throws: `CryptoError.badPoint` unless the point is on the curve.
  private func importPublicKey(_ point: Span<UInt8>) throws(CryptoError) -> psa_key_id_t {
    try importKey(
      point, as: muster_p256_public_key(), for: muster_ecdsa_sha256(), usage: muster_usage_verify(), invalid: .badPoint)
  }

  /// Makes a volatile key out of its bytes; the caller destroys it.
  ///
  /// - Parameter invalid: what is thrown when these bytes make no such key.
  @inline(never)
  func importKey(
    _ bytes: Span<UInt8>, as type: psa_key_type_t, for algorithm: psa_algorithm_t, usage: psa_key_usage_t,
    invalid: CryptoError
  ) throws(CryptoError) -> psa_key_id_t {
    var attributes = psa_key_attributes_init()
    psa_set_key_type(&attributes, type)
    psa_set_key_algorithm(&attributes, algorithm)
    psa_set_key_usage_flags(&attributes, usage)
    var key = psa_key_id_t()
    let status = bytes.withUnsafeBufferPointer { psa_import_key(&attributes, $0.baseAddress, $0.count, &key) }
    guard status != PSA_ERROR_INVALID_ARGUMENT else { throw invalid }
    try CryptoError.check(status)
    return key
  }
}
