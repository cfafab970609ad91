import Foundation

/// Whether a gateway may connect.
public enum GatewayState: String, Sendable, Codable {
  /// It may connect with its certificate.
  case active
  /// It may not connect, whatever it shows.
  case revoked
}

/// A gateway that has been enrolled.
struct GatewayRecord: Sendable, Equatable {
  /// Its name, also the CN of its certificate and the second part of its lines' Uri-Host.
  var name: String
  var state: GatewayState
  var orderID: OrderID
  /// The certificate it may connect with; none while its order is open.
  var certificateID: CertificateID?
  /// The next one, which was issued and which it has not shown yet. Until it does, both serve.
  var nextCertificateID: CertificateID?
  var createdAt: Date
}
