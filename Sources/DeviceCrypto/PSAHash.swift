import CMbedTLS
public import COSE

/// A SHA-256 computation in PSA Crypto.
///
/// One that is given up before `finish` is never aborted in PSA: mbedTLS's software hash holds nothing but these bytes.
public struct PSAHash: SHA256Hash {
  private var operation: psa_hash_operation_t

  // Never inlined: with what becomes of an error, each call would be three times as long, and there are fifty.

  /// Begins a hash over nothing yet.
  @inline(never)
  init() throws(CryptoError) {
    operation = psa_hash_operation_init()
    try CryptoError.check(psa_hash_setup(&operation, muster_sha256()))
  }

  @inline(never)
  public mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
    let status = bytes.withUnsafeBufferPointer { psa_hash_update(&operation, $0.baseAddress, $0.count) }
    try CryptoError.check(status)
  }

  @inline(never)
  public mutating func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard digest.count == 32 else { throw .unsupported }
    var length = 0
    let status = digest.withUnsafeMutableBufferPointer {
      psa_hash_finish(&operation, $0.baseAddress, $0.count, &length)
    }
    try CryptoError.check(status)
  }

  /// Writes the digest of `bytes` into `digest`, 32 bytes, in one call.
  static func digest(of bytes: Span<UInt8>, into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
    var length = 0
    let status = bytes.withUnsafeBufferPointer { bytes in
      digest.withUnsafeMutableBufferPointer { digest in
        psa_hash_compute(muster_sha256(), bytes.baseAddress, bytes.count, digest.baseAddress, digest.count, &length)
      }
    }
    try CryptoError.check(status)
  }
}
