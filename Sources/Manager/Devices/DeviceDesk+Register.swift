import CoAP
import CoAPStream
import Foundation

extension DeviceDesk {
  /// Seconds between two calls of a device that is active, and of one that is not.
  private static let activeSeconds: UInt32 = 60
  private static let otherSeconds: UInt32 = 10

  /// - Parameter key: what the caller proved to hold.
  func register(_ payload: [UInt8], over route: Route, key: DeviceKey) async throws -> CoAPMessage {
    let registration = try Registration(payload)
    if let owner = try await ledger.store.device(with: key.thumbprint), owner.id != registration.id {
      try await raise(.otherID, "Its key called as \(registration.id) on \(route.uriHost).", about: owner, over: route)
      throw ManagerError(.forbidden, "The key belongs to another device.")
    }
    let sighting = Sighting(
      route: route, model: registration.model, firmware: registration.firmware, claim: registration.claim)
    guard let known = try await ledger.store.device(registration.id) else {
      try await meet(registration.id, sighting, key)
      return .registered(again: Self.otherSeconds)
    }
    let device = try await identified(known, as: key, over: route)
    guard !device.state.isBlocked else {
      throw ManagerError(.forbidden, "The device is \(device.state.rawValue).")
    }
    try await note(sighting, of: device)
    // It was named by its id alone: which key that is, an administrator has to say.
    if device.state == .registered, known.thumbprint != nil {
      // Known beforehand is approved: the administrator said so by naming it.
      try await ledger.commit(.moveDevice(device.id, from: .registered, to: .approved), by: .manager)
    }
    await engine.wake(device.id, .registration)
    return .registered(again: device.state == .active ? Self.activeSeconds : Self.otherSeconds)
  }

  /// An unknown device waits for an administrator. The table of those is bounded, and so is how fast a gateway may fill it.
  private func meet(_ id: DeviceID, _ sighting: Sighting, _ key: DeviceKey) async throws {
    if let twin = try await ledger.store.twin(of: id) {
      throw ManagerError(.forbidden, ManagerError.twin(of: twin, id).reason)
    }
    guard limiter.admits(sighting.route.gateway, at: ledger.clock.now),
      try await ledger.store.count(of: .pending) < pendingLimit
    else { throw ManagerError(.overloaded, "Too many unknown devices are waiting.") }
    try await ledger.commit(.meetDevice(id, sighting, key: key), by: .gateway(sighting.route.gateway))
  }

  /// The device, if the caller is the one; with its key, if that is new.
  ///
  /// - Throws: ``ManagerError`` with code `forbidden`, and an alarm, for a caller with another key.
  private func identified(_ device: Device, as key: DeviceKey, over route: Route) async throws -> Device {
    let isOpen = device.thumbprint == nil && (device.state == .registered || device.state == .pending)
    guard isOpen || device.thumbprint == key.thumbprint else {
      try await raise(
        .otherKey, "A caller on \(route.uriHost) proved to hold the key \(key.thumbprint).", about: device, over: route)
      throw ManagerError(.forbidden, "The device has another key.")
    }
    guard device.key == nil else { return device }
    try await ledger.commit(.identifyDevice(device.id, key), by: .device(device.id))
    return try await ledger.store.device(device.id) ?? device
  }

  /// The same alarm again is not written again, and one gateway can cause only so many.
  private func raise(_ code: Alarm.Code, _ detail: String, about device: Device, over route: Route) async throws {
    let now = ledger.clock.now
    if let alarm = device.alarm, alarm.code == code, alarm.detail == detail { return }
    guard limiter.admits(route.gateway, at: now) else { return }
    try await ledger.commit(.alarmDevice(device.id, Alarm(code, detail, at: now)), by: .gateway(route.gateway))
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
