import CoAP
import CoAPStream
import Foundation

extension DeviceDesk {
  /// Seconds between two calls of a device that is active, and of one that is not.
  private static let activeSeconds: UInt32 = 60
  private static let otherSeconds: UInt32 = 10

  func register(_ payload: [UInt8], over route: Route) async throws -> CoAPMessage {
    let registration = try Registration(payload)
    let sighting = Sighting(
      route: route, model: registration.model, firmware: registration.firmware, claim: registration.claim)
    guard let device = try await ledger.store.device(registration.id) else {
      try await meet(registration.id, sighting)
      return .registered(again: Self.otherSeconds)
    }
    guard !device.state.isBlocked else {
      throw ManagerError(.forbidden, "The device is \(device.state.rawValue).")
    }
    try await note(sighting, of: device)
    if device.state == .registered {
      // Known beforehand is approved: the administrator said so by naming it.
      try await ledger.commit(.moveDevice(device.id, from: .registered, to: .approved), by: .manager)
    }
    await engine.wake(device.id, .registration)
    return .registered(again: device.state == .active ? Self.activeSeconds : Self.otherSeconds)
  }

  /// An unknown device waits for an administrator. The table of those is bounded, and so is how fast a gateway may fill it.
  private func meet(_ id: DeviceID, _ sighting: Sighting) async throws {
    if let twin = try await ledger.store.twin(of: id) {
      throw ManagerError(.forbidden, ManagerError.twin(of: twin, id).reason)
    }
    guard limiter.admits(sighting.route.gateway, at: ledger.clock.now),
      try await ledger.store.count(of: .pending) < pendingLimit
    else { throw ManagerError(.overloaded, "Too many unknown devices are waiting.") }
    try await ledger.commit(.meetDevice(id, sighting), by: .gateway(sighting.route.gateway))
  }

  private func note(_ sighting: Sighting, of device: Device) async throws {
    let now = ledger.clock.now
    if device.route != sighting.route {
      if device.route != nil, !limiter.admits(sighting.route.gateway, at: now) {
        throw ManagerError(.overloaded, "Devices change lines too fast.")
      }
      try await ledger.commit(.relocateDevice(device.id, sighting), by: .gateway(sighting.route.gateway))
    } else if device.state != .active || device.isNews(sighting, at: now) {
      try await ledger.store.sight(device.id, sighting, at: now)
    }
  }
}

extension Device {
  /// Whether a heartbeat is worth a write: it says something else than the last, or the last is a while ago.
  fileprivate func isNews(_ sighting: Sighting, at now: Date) -> Bool {
    claim != sighting.claim || model != sighting.model || firmware != sighting.firmware
      || seenAt.map { now.timeIntervalSince($0) > 30 } ?? true
  }
}

extension CoAPMessage {
  fileprivate static func registered(again seconds: UInt32) -> CoAPMessage {
    .response(.changed, contentFormat: .cbor, payload: DeviceRequests.registerAnswer(seconds: seconds))
  }
}
