import Foundation

/// A device as the store knows it.
struct Device: Sendable, Equatable {
  var id: DeviceID
  var state: DeviceState
  var model: String?
  var firmware: String?
  /// Where it was last heard: a hint for calling it, never an identity.
  var route: Route?
  /// What it last said about itself, in a session of its own. That it is true, nothing proves.
  var claim: DeviceClaim?
  /// Why it does not go on, if it does not.
  var problem: Problem?
  /// The order in force: the one being placed, or the one that made the certificate in force.
  var orderID: OrderID?
  /// The certificate in force: being delivered, or active.
  var certificateID: CertificateID?
  var createdAt: Date
  /// When its state last changed.
  var changedAt: Date
  /// When it last called.
  var seenAt: Date?
  /// What its bootstrap key is known by: from a factory list, an administrator, or its first call. One id, one key.
  var thumbprint: Thumbprint?
  /// The key itself, once the device has proved that it holds it.
  var key: DeviceKey?
  /// What an administrator should look at.
  var alarm: Alarm?
  /// The profile of a device that enrols over EST; nil for one on a line. Its thumbprint is SHA-256 of its newest key's
  /// SubjectPublicKeyInfo then, which anybody's tools compute.
  var estProfile: String?
}

/// What a device says at `/register` about its own state (docs/spec/device.md).
struct DeviceClaim: Sendable, Equatable {
  /// The device's own three states.
  enum Holding: UInt8, Sendable {
    /// It has its network's anchor and no identity yet.
    case nothing = 1
    /// It made its key and has no certificate.
    case key = 2
    /// It holds a certificate.
    case certificate = 3
  }
  var holding: Holding
  /// The serial number of the certificate it holds, in lower-case hexadecimal.
  var serial: String?
  /// The longest message it takes, in bytes.
  var maximumMessageBytes: Int

  init(holding: Holding, serial: String?, maximumMessageBytes: Int) {
    self.holding = holding
    self.serial = serial
    self.maximumMessageBytes = maximumMessageBytes
  }
}
