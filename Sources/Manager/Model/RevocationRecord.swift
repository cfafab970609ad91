import Foundation
import PKI

/// Who withdrew a certificate first. The names are part of the admin API.
public enum RevocationSource: String, Sendable, Codable {
  /// This manager; the CA has to be told.
  case manager
  /// The CA, by its list.
  case authority = "ca"
}

/// A certificate that was withdrawn, and how far its CA knows. Written with the state that it brings, in one transaction.
struct RevocationRecord: Sendable, Equatable {
  var certificate: CertificateID
  var serial: String
  var holder: Holder
  /// The same in every message to the CA.
  var transaction: OrderID
  var reason: RevocationReason
  var source: RevocationSource
  var revokedAt: Date
  /// When the CA is to be told, or told again; none once it knows.
  var nextTryAt: Date?
  /// When the CA acknowledged it.
  var toldAt: Date?
  /// Why the CA does not know yet.
  var trouble: String?
}
