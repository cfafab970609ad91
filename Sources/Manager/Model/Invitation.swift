import Foundation

/// A one-time code that lets one device in over EST, without the code.
struct Invitation: Sendable, Equatable {
  /// The code's digest.
  var code: [UInt8]
  var device: DeviceID
  var profile: String
  var expires: Date
  var isUsed = false
}

/// By what a device's request is taken.
enum EnrolmentGround: Sendable, Equatable {
  /// By a one-time code, which dies with it.
  case code([UInt8])
  /// An administrator approved this key.
  case approval
  /// It showed this certificate, and proved in TLS that it has its key.
  case certificate(CertificateID)

  var name: String {
    switch self {
    case .code: "code"
    case .approval: "approval"
    case .certificate: "certificate"
    }
  }
}
