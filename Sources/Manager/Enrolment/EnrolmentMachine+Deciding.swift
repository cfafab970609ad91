import Foundation

extension EnrolmentMachine {
  /// The step that the durable state asks for.
  mutating func decide(now: Date) -> Step {
    // It comes by itself, over EST.
    guard record.device.estProfile == nil else { return end(.rest) }
    if let problem = record.device.problem {
      if record.device.state == .active, record.deviceClaimsThis { return record(.recoverDevice(record.device.id)) }
      if problem.held { return end(.rest) }
    }
    switch record.device.state {
    case .approved, .renewalDue:
      return record(.stepDevice(record.device.id, .call))
    case .csrRequested:
      state = .callingForRequest
      return .callForRequest
    case .ordered: return decideOrdered()
    case .delivered: return decideDelivered()
    case .active: return decideActive()
    case .registered, .pending, .suspended, .revoked, .decommissioned: return end(.rest)
    }
  }

  private mutating func decideOrdered() -> Step {
    if let certificate = record.certificate { return deliver(certificate) }
    guard let order = record.order, order.state == .open else { return end(.rest) }
    state = .sendingOrder(order)
    return .sendOrder(order)
  }

  /// The device took the certificate and owes its report. If it says itself that it holds another, or none, or stays silent,
  /// it gets the certificate again: to a device that has it, that is nothing new.
  private mutating func decideDelivered() -> Step {
    guard let certificate = record.certificate else { return end(.rest) }
    if wake == .timer || record.deviceClaimsOther { return deliver(certificate) }
    return end(.wait(Wait(cause: .report, duration: policy.reportPatience, failures: failures)))
  }

  /// A device that says it lost its certificate gets the same again. A new one for another identity key it does not get for
  /// the asking, though it has proved its bootstrap key: whoever lost one key may have been opened. That takes an administrator.
  private mutating func decideActive() -> Step {
    guard let certificate = record.certificate, record.deviceClaimsOther else { return end(.rest) }
    return deliver(certificate)
  }

  private mutating func deliver(_ certificate: CertificateRecord) -> Step {
    state = .delivering(certificate)
    return .deliver(certificate)
  }
}

extension EnrolmentRecord {
  /// Whether the device said, since its state last changed, that it does not hold the certificate in force.
  var deviceClaimsOther: Bool { claimedSerial.map { $0 != certificate?.serial } ?? false }

  /// Whether the device said, since its state last changed and since its problem came up, that it holds it.
  var deviceClaimsThis: Bool {
    guard let seen = device.seenAt, let problem = device.problem, seen > problem.at else { return false }
    return claimedSerial.map { $0 == certificate?.serial } ?? false
  }

  /// The serial number that the device said it holds since its state last changed: nil if it said nothing, empty for none.
  private var claimedSerial: String? {
    guard let claim = device.claim, let seen = device.seenAt, seen > device.changedAt, certificate != nil else {
      return nil
    }
    return claim.holding == .certificate ? claim.serial ?? "" : ""
  }
}
