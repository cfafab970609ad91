public import Foundation

/// Why a device does not go on: shown to administrators, written into the audit trail.
public struct Problem: Sendable, Equatable, Codable {
  /// What kind of problem it is.
  public var code: Code
  /// What exactly was wrong, in a sentence, as far as it is known.
  public var detail: String
  /// Whether the manager stopped trying and waits for an administrator (`muster device enrol`).
  public var held: Bool
  /// Since when.
  public var at: Date

  init(_ code: Code, _ detail: String, held: Bool = false, at: Date) {
    self.code = code
    self.detail = detail
    self.held = held
    self.at = at
  }

  /// The kinds of problem. The names are part of the admin API.
  public enum Code: String, Sendable, Codable, CaseIterable {
    /// The gateway is not connected, the line is down, or the device does not answer.
    case deviceUnreachable = "device-unreachable"
    /// The device answered the call for a request with an error.
    case deviceRefusedRequest = "device-refused-request"
    /// The signing request breaks a rule.
    case requestRefused = "request-refused"
    /// The signing request's key was seen before, for another device.
    case keyOfAnotherDevice = "key-of-another-device"
    /// The signing request's key is that of a certificate that was revoked: it gets no other.
    case keyRevoked = "key-revoked"
    /// The CA cannot be reached, or told us to come back later.
    case authorityUnreachable = "authority-unreachable"
    /// The CA takes no orders from this manager: its registration authority's certificate is revoked, expired or unknown.
    case managerRefused = "manager-refused"
    /// The CA refused the order.
    case authorityRefused = "authority-refused"
    /// The CA's certificate is not what was ordered.
    case certificateUnfit = "certificate-unfit"
    /// The device refused the certificate.
    case deviceRefusedCertificate = "device-refused-certificate"
    /// The device took the certificate and then stayed silent.
    case reportMissing = "report-missing"
    /// The device's report does not prove what it claims.
    case reportRefused = "report-refused"
    /// The device goes on with nobody having said which key it has: it takes its thumbprint, see `muster device add`.
    case keyUnknown = "key-unknown"
  }
}
