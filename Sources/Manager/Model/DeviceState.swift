/// Where a device stands in its life with this manager (DESIGN §6).
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
  /// Its certificate is withdrawn.
  case revoked
  /// It is gone for good.
  case decommissioned
}

extension DeviceState {
  /// The states that may follow this one. The store refuses every other step, whoever asks for it.
  public var successors: Set<DeviceState> {
    switch self {
    // Pending: its key was not named beforehand. And back: then it was, while it waited.
    case .registered: [.approved, .pending, .decommissioned]
    case .pending: [.approved, .registered, .decommissioned]
    case .approved: [.csrRequested, .suspended, .decommissioned]
    case .csrRequested: [.ordered, .suspended, .decommissioned]
    // Back to csr-requested: the CA refused the order, or an administrator starts again.
    case .ordered: [.delivered, .csrRequested, .suspended, .decommissioned]
    case .delivered: [.active, .csrRequested, .suspended, .revoked, .decommissioned]
    case .active: [.renewalDue, .suspended, .revoked, .decommissioned]
    case .renewalDue: [.csrRequested, .suspended, .revoked, .decommissioned]
    case .suspended: [.approved, .revoked, .decommissioned]
    case .revoked: [.approved, .decommissioned]
    case .decommissioned: []
    }
  }

  /// Whether `next` may follow this state.
  public func mayBecome(_ next: DeviceState) -> Bool { successors.contains(next) }

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
