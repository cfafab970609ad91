import Foundation

/// The store with a clock and an audience: every change goes through here, and what it changed is told to whoever listens,
/// after it is durable.
struct Ledger: Sendable {
  let store: any Store
  let clock: any ManagerClock
  let events: EventSink
  var watch = StoreWatch()

  func commit(_ change: Change, by actor: Actor) async throws {
    let now = clock.now
    for transition in try await watch.watching({ try await store.commit(change, by: actor, at: now) }) {
      var event = ManagerEvent(.device, at: now)
      event.device = transition.device.text
      event.from = transition.from?.rawValue
      event.to = transition.to.rawValue
      event.serial = transition.serial
      events(event)
    }
    if case .alarmDevice(let id, let alarm) = change { tell(.alarm, id, alarm.code.rawValue, alarm.detail, at: now) }
    if case .relocateDevice(let id, let sighting) = change {
      tell(.moved, id, nil, "It is on \(sighting.route.uriHost) now.", at: now)
    }
    if let (id, problem) = change.problem {
      tell(.trouble, id, problem.code.rawValue, problem.detail, at: now)
    }
  }

  private func tell(_ kind: ManagerEvent.Kind, _ id: DeviceID, _ problem: String?, _ detail: String, at now: Date) {
    var event = ManagerEvent(kind, at: now)
    event.device = id.text
    event.problem = problem
    event.detail = detail
    events(event)
  }
}

extension Change {
  /// The trouble it brings to a device.
  fileprivate var problem: (DeviceID, Problem)? {
    switch self {
    case .trouble(let id, let problem), .refuseCertificate(let id, _, let problem): return (id, problem)
    case .refuseOrder(let order, let problem):
      guard case .device(let id) = order.holder else { return nil }
      return (id, problem)
    case .addDevice, .importDevices, .meetDevice, .identifyDevice, .alarmDevice, .acknowledgeDevice, .offerTrust,
      .resetDevice, .relocateDevice,
      .stepDevice, .toldRevocation, .placeGatewayRenewal, .adoptGatewayCertificate, .revokeGateway, .takeRevocation,
      .recoverDevice, .retryDevice, .placeOrder,
      .continueOrder,
      .placeOwnOrder, .inviteDevice, .meetRequest, .takeRequest, .refuseRequest, .sendOrder, .issue, .deliver,
      .activate:
      return nil
    }
  }
}
