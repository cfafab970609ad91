import COSE
import COpenSSL

/// AES-CCM-16-64-128 (RFC 9053 §4.2) by libcrypto: 128-bit key, 13-byte nonce, 8-byte tag. swift-crypto has no CCM.
enum AESCCM {
  static let keyBytes = 16
  static let nonceBytes = 13
  static let tagBytes = 8
  /// What the two bytes that the nonce leaves for a length can count (RFC 3610 §2.1).
  static let maxPlaintextBytes = 0xFFFF

  // Fetched once, since a fetch costs more than a seal. `nonisolated(unsafe)` for the pointer's sake: an EVP_CIPHER never
  // changes once it is fetched, and OpenSSL 3 lets any number of threads use one (EVP_EncryptInit(3), EVP_CIPHER_fetch).
  private nonisolated(unsafe) static let cipher = EVP_CIPHER_fetch(nil, "AES-128-CCM", nil)

  /// Encrypts all but the last 8 bytes of `buffer`, and writes the tag there.
  static func seal(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard (tagBytes...maxPlaintextBytes + tagBytes).contains(buffer.count) else { throw .unsupported }
    try run(&buffer, isSealing: true, key: key, nonce: nonce, additionalData: additionalData)
  }

  /// Decrypts all but the last 8 bytes of `buffer`, which are the tag.
  static func open(
    _ buffer: inout MutableSpan<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard (tagBytes...maxPlaintextBytes + tagBytes).contains(buffer.count) else { throw .badTag }
    try run(&buffer, isSealing: false, key: key, nonce: nonce, additionalData: additionalData)
  }

  private static func run(
    _ buffer: inout MutableSpan<UInt8>, isSealing: Bool, key: Span<UInt8>, nonce: Span<UInt8>,
    additionalData: Span<UInt8>
  ) throws(CryptoError) {
    guard key.count == keyBytes, nonce.count == nonceBytes else { throw .unsupported }
    // One context a call: 0.1 µs, and nothing that threads could share.
    guard let context = EVP_CIPHER_CTX_new() else { throw .memory }
    defer { EVP_CIPHER_CTX_free(context) }
    let textBytes = Int32(buffer.count - tagBytes)
    let outcome = buffer.withUnsafeMutableBufferPointer { buffer in
      key.withUnsafeBufferPointer { key in
        nonce.withUnsafeBufferPointer { nonce in
          additionalData.withUnsafeBufferPointer { additionalData -> Outcome in
            let text = buffer.baseAddress
            let tag = text.map { $0 + Int(textBytes) }
            var length: Int32 = 0
            // The order matters: lengths, then key and nonce, then the length of the text before any data.
            guard
              EVP_CipherInit_ex2(context, cipher, nil, nil, isSealing ? 1 : 0, nil) == 1,
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, Int32(nonceBytes), nil) == 1,
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), isSealing ? nil : tag) == 1,
              EVP_CipherInit_ex2(context, nil, key.baseAddress, nonce.baseAddress, isSealing ? 1 : 0, nil) == 1,
              EVP_CipherUpdate(context, nil, &length, nil, textBytes) == 1,
              additionalData.isEmpty
                || EVP_CipherUpdate(
                  context, nil, &length, additionalData.baseAddress, Int32(additionalData.count)) == 1
            else { return .failed }
            // Decrypting, this is where the tag is compared.
            guard EVP_CipherUpdate(context, text, &length, text, textBytes) == 1 else { return .badText }
            guard isSealing else { return .done }
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), tag) == 1 ? .done : .failed
          }
        }
      }
    }
    switch outcome {
    case .done: return
    case .badText where !isSealing: throw .badTag
    case .badText, .failed: throw .failed
    }
  }

  private enum Outcome {
    case done, badText, failed
  }
}
