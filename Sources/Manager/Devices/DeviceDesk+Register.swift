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
    let owner = try await ledger.store.device(with: key.thumbprint)
    if let owner, owner.id != registration.id {
      try await raise(
        .otherID, "Its key called as \(registration.id) on \(route.uriHost).", about: owner, over: route,
        limits.ofKnown)
      throw ManagerError(.forbidden, "The key belongs to another device.")
    }
    let sighting = Sighting(
      route: route, model: registration.model, firmware: registration.firmware, claim: registration.claim)
    let known: Device
    if let owner {
      known = owner
    } else if let named = try await ledger.store.device(registration.id) {
      known = named
    } else {
      try await meet(registration.id, sighting, key)
      return .registered(again: Self.otherSeconds)
    }
    return try await greet(try await identified(known, as: key, over: route), sighting)
  }

  /// A device that is who it says.
  private func greet(_ device: Device, _ sighting: Sighting) async throws -> CoAPMessage {
    guard !device.state.isBlocked else {
      throw ManagerError(.forbidden, "The device is \(device.state.rawValue).")
    }
    let isNews = try await note(sighting, of: device)
    if device.state == .registered {
      // Known beforehand is approved: the administrator said so by naming its key.
      try await ledger.commit(.stepDevice(device.id, .approve), by: .manager)
    }
    guard device.state == .active else {
      await engine.wake(device.id, .registration)
      return .registered(again: Self.otherSeconds)
    }
    // An active device that says what it said before has nothing to be done for it.
    if isNews { await engine.wake(device.id, .registration) }
    return .registered(again: Self.activeSeconds)
  }

  /// An unknown device waits for an administrator. The table of those is bounded, and so is how fast a gateway may fill it.
  private func meet(_ id: DeviceID, _ sighting: Sighting, _ key: DeviceKey) async throws {
    if let twin = try await ledger.store.twin(of: id) {
      throw ManagerError(.forbidden, ManagerError.twin(of: twin, id).reason)
    }
    guard limits.ofStrangers.admits(sighting.route.gateway, at: ledger.clock.now),
      try await ledger.store.count(of: .pending) < pendingLimit
    else { throw ManagerError(.overloaded, "Too many unknown devices are waiting.") }
    try await ledger.commit(.meetDevice(id, sighting, key: key), by: .gateway(sighting.route.gateway))
  }

  /// The device, if the caller is the one; with its key, if that is new.
  ///
  /// - Throws: ``ManagerError`` with code `forbidden` for a caller whose key is not the device's: with an alarm when the device
  ///   has another one, and a problem when nobody has said which it has.
  private func identified(_ device: Device, as key: DeviceKey, over route: Route) async throws -> Device {
    if let known = device.thumbprint {
      guard known == key.thumbprint else {
        try await raise(
          .otherKey, "A caller on \(route.uriHost) proved to hold the key \(key.thumbprint).", about: device,
          over: route, limits.ofStrangers)
        throw ManagerError(.forbidden, "The device has another key.")
      }
      guard device.key == nil else { return device }
    } else if device.state != .registered, device.state != .pending {
      try await noteUnknownKey(key, of: device, over: route)
      throw ManagerError(.forbidden, "Nobody has said which key the device has.")
    }
    try await ledger.commit(.identifyDevice(device.id, key), by: .device(device.id))
    return try await ledger.store.device(device.id) ?? device
  }

  /// A device of before devices had keys, or whose key was never given: the key that calls under its name is anybody's.
  private func noteUnknownKey(_ key: DeviceKey, of device: Device, over route: Route) async throws {
    let now = ledger.clock.now
    guard !device.state.isBlocked, device.problem?.code != .keyUnknown,
      limits.ofStrangers.admits(route.gateway, at: now)
    else { return }
    let detail =
      "A caller on \(route.uriHost) proved to hold the key \(key.thumbprint). If that is this device's, give it with "
      + "'muster device add \(device.id) --thumbprint HEX'."
    try await ledger.commit(
      .trouble(device.id, Problem(.keyUnknown, detail, held: true, at: now)), by: .gateway(route.gateway))
  }

  /// The same alarm again is not written again, and one gateway can cause only so many.
  private func raise(
    _ code: Alarm.Code, _ detail: String, about device: Device, over route: Route, _ limiter: RateLimiter
  ) async throws {
    let now = ledger.clock.now
    if let alarm = device.alarm, alarm.code == code, alarm.detail == detail { return }
    guard limiter.admits(route.gateway, at: now) else { return }
    try await ledger.commit(.alarmDevice(device.id, Alarm(code, detail, at: now)), by: .gateway(route.gateway))
  }

  /// - Returns: whether it says something else than the last time, or that is a while ago.
  private func note(_ sighting: Sighting, of device: Device) async throws -> Bool {
    let now = ledger.clock.now
    guard device.route.map(sighting.route.isSamePlace) ?? false else {
      if device.route != nil, !limits.ofKnown.admits(sighting.route.gateway, at: now) {
        throw ManagerError(.overloaded, "Devices change lines too fast.")
      }
      try await ledger.commit(.relocateDevice(device.id, sighting), by: .gateway(sighting.route.gateway))
      return true
    }
    let isNews = device.isNews(sighting, at: now)
    if device.state != .active || isNews { try await ledger.store.sight(device.id, sighting, at: now) }
    return isNews
  }
}

extension Device {
  /// Whether a heartbeat is worth a write: it says something else than the last, or the last is a while ago.
  fileprivate func isNews(_ sighting: Sighting, at now: Date) -> Bool {
    route != sighting.route || claim != sighting.claim || model != sighting.model || firmware != sighting.firmware
      || seenAt.map { now.timeIntervalSince($0) > 30 } ?? true
  }
}

extension CoAPMessage {
  fileprivate static func registered(again seconds: UInt32) -> CoAPMessage {
    .response(.changed, contentFormat: .cbor, payload: DeviceRequests.registerAnswer(seconds: seconds))
  }
}
