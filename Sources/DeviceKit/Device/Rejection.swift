import COSE
import CoAP

/// An answer that says no: its code, and the reason if a certificate was refused.
struct Rejection: Error {
  var code: Code
  var refusal: CertificateRefusal?
  /// Seconds after which it may be tried again; 0 for not said.
  var maxAgeSeconds: UInt32 = 0

  init(_ code: Code) {
    self.code = code
  }

  init(_ fault: DeviceFault) {
    switch fault {
    case .refused(let reason):
      code = .unprocessableEntity
      refusal = reason
    case .crypto(.noEntropy):
      code = .serviceUnavailable
      maxAgeSeconds = 60
    case .flash, .crypto:
      code = .internalServerError
    }
  }
}
