import COSE
import CoAP

/// An answer that says no: its code, and the reason if a certificate was refused.
struct Rejection: Error {
  let code: Code
  let refusal: CertificateRefusal?

  init(_ code: Code) {
    self.code = code
    refusal = nil
  }

  /// The certificate's fault, and so its sender's.
  init(_ refusal: CertificateRefusal) {
    code = .unprocessableEntity
    self.refusal = refusal
  }

  /// The device's cryptography failed; without entropy it may work later.
  init(_ error: CryptoError) {
    self.init(error == .noEntropy ? .serviceUnavailable : .internalServerError)
  }

  /// The device's flash failed.
  init(_ error: FlashError) {
    self.init(Code.internalServerError)
  }
}
