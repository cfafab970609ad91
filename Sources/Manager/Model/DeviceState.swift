/// Where a device stands in its life with this manager. What leads from one state to another is in ``DeviceLife``.
public enum DeviceState: String, Sendable, Codable, CaseIterable, Hashable {
  /// An administrator made it known beforehand; it has not been seen, or not gone on yet.
  case registered
  /// It called, and nobody knows it: it waits for an administrator.
  case pending
  /// It may have a certificate.
  case approved
  /// It has been, or is about to be, called for a certificate signing request.
  case csrRequested = "csr-requested"
  /// Its request is good and is being ordered from the CA, or the certificate is there and on its way to the device.
  case ordered
  /// The device accepted the certificate; its signed report is still to come.
  case delivered
  /// The device's report proved that it holds the certificate.
  case active
  /// It has a certificate and needs the next one.
  case renewalDue = "renewal-due"
  /// Put aside for a while: nothing is done for it and it is refused.
  case suspended
  /// Its certificates are withdrawn, for good.
  case revoked
  /// It is gone for good, and so is its name.
  case decommissioned
}

extension DeviceState {
  /// Whether the manager has something to do for a device in this state without anybody asking.
  public var wantsWork: Bool {
    switch self {
    case .approved, .csrRequested, .ordered, .delivered, .renewalDue: true
    case .registered, .pending, .active, .suspended, .revoked, .decommissioned: false
    }
  }

  /// Whether a device in this state is turned away when it calls.
  public var isBlocked: Bool {
    switch self {
    case .suspended, .revoked, .decommissioned: true
    case .registered, .pending, .approved, .csrRequested, .ordered, .delivered, .active, .renewalDue: false
    }
  }
}
