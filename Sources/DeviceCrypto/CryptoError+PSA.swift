import CMbedTLS
import COSE

extension CryptoError {
  /// What a PSA status means to a caller of `Cryptography`.
  ///
  /// - Parameter status: any status but success.
  init(_ status: psa_status_t) {
    self =
      switch status {
      case PSA_ERROR_INSUFFICIENT_ENTROPY: .noEntropy
      case PSA_ERROR_DOES_NOT_EXIST, PSA_ERROR_INVALID_HANDLE: .noSuchKey
      case PSA_ERROR_ALREADY_EXISTS: .keyExists
      case PSA_ERROR_INVALID_SIGNATURE: .badSignature
      case PSA_ERROR_INSUFFICIENT_STORAGE, PSA_ERROR_STORAGE_FAILURE, PSA_ERROR_DATA_CORRUPT, PSA_ERROR_DATA_INVALID:
        .storage
      case PSA_ERROR_INSUFFICIENT_MEMORY: .memory
      // Not permitted is the answer to a key of another purpose: the identity key for an agreement, say.
      case PSA_ERROR_NOT_SUPPORTED, PSA_ERROR_NOT_PERMITTED: .unsupported
      default: .failed
      }
  }

  /// Throws unless `status` is success.
  static func check(_ status: psa_status_t) throws(CryptoError) {
    guard status == PSA_SUCCESS else { throw CryptoError(status) }
  }
}
