public import Foundation

/// A gateway that has been enrolled.
public struct GatewayRecord: Sendable, Equatable {
  public enum State: String, Sendable, Codable {
    /// It may connect with its certificate.
    case active
    /// It may not connect, whatever it shows.
    case revoked
  }
  /// Its name, also the CN of its certificate and the second part of its lines' Uri-Host.
  public var name: String
  public var state: State
  public var orderID: OrderID
  /// The one certificate it may connect with; none while its order is open.
  public var certificateID: CertificateID?
  public var createdAt: Date
}
