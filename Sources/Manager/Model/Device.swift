public import Foundation

/// A device as the store knows it.
public struct Device: Sendable, Equatable {
  public var id: DeviceID
  public var state: DeviceState
  public var model: String?
  public var firmware: String?
  /// Where it was last heard: a hint for calling it, never an identity.
  public var route: Route?
  /// What it last said about itself. Nothing proves it.
  public var claim: DeviceClaim?
  /// Why it does not go on, if it does not.
  public var problem: Problem?
  /// The order in force: the one being placed, or the one that made the certificate in force.
  public var orderID: OrderID?
  /// The certificate in force: being delivered, or active.
  public var certificateID: CertificateID?
  public var createdAt: Date
  /// When its state last changed.
  public var changedAt: Date
  /// When it last called.
  public var seenAt: Date?
}

/// The line a device hangs on, and the gateway that has the line.
public struct Route: Sendable, Hashable, Codable {
  public var gateway: String
  public var line: String

  public init(gateway: String, line: String) {
    self.gateway = gateway
    self.line = line
  }

  /// The Uri-Host that names the line to the gateway (DESIGN §3).
  public var uriHost: String { "\(line).\(gateway)" }
}

/// What a device says at `/register` about its own state (docs/spec/device.md).
public struct DeviceClaim: Sendable, Equatable {
  /// The device's own three states.
  public enum Holding: UInt8, Sendable {
    /// It has its network's anchor and no identity yet.
    case nothing = 1
    /// It made its key and has no certificate.
    case key = 2
    /// It holds a certificate.
    case certificate = 3
  }
  public var holding: Holding
  /// The serial number of the certificate it holds, in lower-case hexadecimal.
  public var serial: String?
  /// The longest message it takes, in bytes.
  public var maximumMessageBytes: Int

  public init(holding: Holding, serial: String?, maximumMessageBytes: Int) {
    self.holding = holding
    self.serial = serial
    self.maximumMessageBytes = maximumMessageBytes
  }
}
