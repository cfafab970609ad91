import COSE
import CoAP

/// An answer that says no: a CoAP code, or the reason why a certificate was refused.
///
/// One byte, because it is thrown from everywhere: codes are 4.00 (0x80) and more, reasons are less.
struct Rejection: Error {
  private let rawValue: UInt8

  init(_ code: Code) {
    rawValue = code.rawValue
  }

  /// The certificate's fault, and so its sender's.
  init(_ refusal: CertificateRefusal) {
    rawValue = refusal.rawValue
  }

  /// The device's cryptography failed; without entropy it may work later.
  init(_ error: CryptoError) {
    self.init(error == .noEntropy ? .serviceUnavailable : .internalServerError)
  }

  /// The device's flash failed.
  init(_ error: FlashError) {
    self.init(Code.internalServerError)
  }

  /// The code of the answer.
  var code: Code { refusal == nil ? Code(rawValue: rawValue) : .unprocessableEntity }

  /// The reason, if a certificate was refused.
  var refusal: CertificateRefusal? { CertificateRefusal(rawValue: rawValue) }
}
