/// What can happen to a device. The names are those of the table in docs/manager.md.
enum DeviceEvent: String, Sendable, CaseIterable {
  /// It proved which key it has, and nobody had named one: an administrator has to look.
  case keySeen = "key-seen"
  /// An administrator named the key of a device that waits.
  case keyGiven = "key-given"
  /// It may have a certificate: an administrator says so, or said so beforehand by naming its key.
  case approve
  /// It is to be called for a signing request.
  case call
  /// Its request was good: there is an order.
  case order
  /// It took the certificate.
  case deliver
  /// What was ordered leads nowhere: from the request on anew.
  case startAgain = "start-again"
  /// Its signed report proved the certificate.
  case report
  /// Its certificate has to be renewed.
  case due
  /// An administrator puts it aside.
  case suspend
  /// An administrator lets it go on.
  case resume
  /// Its certificates are withdrawn: by an administrator, or by the CA.
  case revoke
  /// An administrator takes it out of service.
  case decommission
}

/// The table of a device's life: what takes it from which state to which, and why everything else is refused. No state of a
/// device changes but by this table.
enum DeviceLife {
  enum Outcome: Equatable {
    case becomes(DeviceState)
    /// It has happened before: nothing to do, and no error.
    case already
    case refused(Refusal)
  }

  /// Why an event is refused. The names are those of the table in docs/manager.md.
  enum Refusal: String, CaseIterable {
    /// Nobody has let it in yet, so there is nothing to be put aside or withdrawn.
    case notApproved = "not-approved"
    /// The step belongs to another state: somebody else was faster, or it is too early.
    case outOfTurn = "out-of-turn"
    case suspended = "is-suspended"
    case revoked = "is-revoked"
    case decommissioned = "is-decommissioned"
  }

  /// The states of a device that was let in and not turned away since.
  static let working: [DeviceState] = [.approved, .csrRequested, .ordered, .delivered, .active, .renewalDue]

  /// From where an event leads, where to, and where it has happened already.
  static func row(_ event: DeviceEvent) -> (from: [DeviceState], to: DeviceState, done: [DeviceState]) {
    switch event {
    case .keySeen: ([.registered], .pending, [])
    case .keyGiven: ([.pending], .registered, [])
    case .approve: ([.registered, .pending], .approved, working)
    case .call: ([.approved, .renewalDue], .csrRequested, [])
    case .order: ([.csrRequested], .ordered, [])
    case .deliver: ([.ordered], .delivered, [])
    case .startAgain: ([.ordered, .delivered], .csrRequested, [])
    case .report: ([.delivered], .active, [])
    case .due: ([.active], .renewalDue, [])
    case .suspend: (working, .suspended, [.suspended])
    // Not back to where it was: it proves its keys once more, and keeps its certificate if that still serves.
    case .resume: ([.suspended], .approved, working)
    case .revoke: (working + [.suspended], .revoked, [.revoked])
    case .decommission:
      ([.registered, .pending] + working + [.suspended, .revoked], .decommissioned, [.decommissioned])
    }
  }

  static func outcome(of event: DeviceEvent, in state: DeviceState) -> Outcome {
    let (from, to, done) = row(event)
    if from.contains(state) { return .becomes(to) }
    if done.contains(state) { return .already }
    switch state {
    case .registered, .pending: return .refused(.notApproved)
    case .approved, .csrRequested, .ordered, .delivered, .active, .renewalDue: return .refused(.outOfTurn)
    case .suspended: return .refused(.suspended)
    case .revoked: return .refused(.revoked)
    case .decommissioned: return .refused(.decommissioned)
    }
  }
}

extension DeviceLife.Refusal {
  /// The refusal in words: what was wanted, why it cannot be, what to try.
  func error(_ event: DeviceEvent, of device: Device) -> ManagerError {
    let id = device.id
    let remedy =
      switch self {
      case .notApproved: "Let it in first with 'muster device approve \(id)', or take it out with 'decommission'."
      case .outOfTurn: "Look at it with 'muster device show \(id)'."
      case .suspended: "Let it go on first: 'muster device resume \(id)'."
      case .revoked: "That is for good. A device that is to come back needs a new key and a new name."
      case .decommissioned: "That is for good, and its name is not given again in this network."
      }
    return ManagerError(
      .conflict, "Device \(id) is \(device.state.rawValue), so '\(event.rawValue)' is refused (\(rawValue)).",
      remedy: remedy)
  }
}
