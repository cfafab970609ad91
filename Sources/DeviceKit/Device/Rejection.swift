import COSE
import CoAP
import Trust

/// An answer that says no: a CoAP code, or the reason why a certificate or a trust descriptor was refused.
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

  /// The trust descriptor's fault, or the device's.
  init(_ error: TrustError) {
    switch error {
    case .refused(let refusal): self.init(refusal)
    case .cryptography(let error): self.init(error)
    }
  }

  /// The trust descriptor's fault.
  init(_ refusal: TrustRefusal) {
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
  var code: Code { reason == 0 ? Code(rawValue: rawValue) : .unprocessableEntity }

  /// The number of the reason, if a certificate or a descriptor was refused; else 0.
  var reason: UInt8 { rawValue < Code.badRequest.rawValue ? rawValue : 0 }
}
