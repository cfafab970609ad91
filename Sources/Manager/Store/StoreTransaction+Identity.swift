import Foundation
import GRDB

// Which key a device is known by, where it is, and what was strange about it.
extension StoreTransaction {
  /// The most places kept of one device.
  private static let routeLimit = 32

  /// Makes a device known beforehand. One that is known without a key, or waits with the key that it claimed itself, gets
  /// the key that an administrator says it has.
  mutating func add(_ id: DeviceID, model: String?, thumbprint: Thumbprint?) throws {
    guard let thumbprint, let device = try SQLiteStore.device(id, database) else {
      return try insert(id, state: .registered, model: model, thumbprint: thumbprint)
    }
    guard device.state != .decommissioned else {
      throw ManagerError(
        .alreadyExists, "Device \(id) was taken out of service, and its name is not given again in this network.",
        remedy: "Give the device another name.")
    }
    guard device.mayGet(thumbprint), device.thumbprint != thumbprint || device.state == .pending else {
      throw ManagerError(
        .alreadyExists, "There is a device \(id) already.",
        remedy: "Its key cannot be changed: a device with another key is another device.")
    }
    try demandFree(thumbprint, for: id)
    if device.thumbprint != thumbprint {
      try update("UPDATE device SET thumbprint = ?, public_key = NULL WHERE id = ?", [thumbprint.text, id.text])
      if device.problem?.code == .keyUnknown { try clearProblem(of: id) }
    }
    if let model { try update("UPDATE device SET model = ? WHERE id = ?", [model, id.text]) }
    if device.state == .pending { try step(id, .keyGiven) }
  }

  /// - Throws: ``ManagerError`` with code `conflict` when the device has another key.
  mutating func identify(_ id: DeviceID, _ key: DeviceKey) throws {
    let device = try existing(id)
    guard device.thumbprint == nil || device.thumbprint == key.thumbprint else {
      throw ManagerError(.conflict, "Device \(id) has another key.")
    }
    try demandFree(key.thumbprint, for: id)
    try update(
      "UPDATE device SET thumbprint = ?, public_key = ? WHERE id = ?",
      [key.thumbprint.text, Data(key.coordinates), id.text])
    if device.thumbprint == nil, device.state == .registered { try step(id, .keySeen) }
  }

  func set(_ alarm: Alarm, on id: DeviceID) throws {
    try update(
      "UPDATE device SET alarm = ?, alarm_detail = ?, alarm_at = ? WHERE id = ?",
      [alarm.code.rawValue, alarm.detail, alarm.at.storedMilliseconds, id.text])
  }

  func acknowledge(_ id: DeviceID) throws {
    _ = try existing(id)
    try update("UPDATE device SET alarm = NULL, alarm_detail = NULL, alarm_at = NULL WHERE id = ?", [id.text])
  }

  /// A device that is known by its key and appears elsewhere was moved, or copied: that is worth a look. A graver alarm
  /// stays.
  func relocate(_ id: DeviceID, _ sighting: Sighting) throws {
    let device = try existing(id)
    if let from = device.route, device.thumbprint != nil, device.alarm.map({ $0.code == .moved }) ?? true {
      let detail = "Its key was seen on \(from.uriHost), and now on \(sighting.route.uriHost)."
      try set(Alarm(.moved, detail, at: now), on: id)
    }
    try sight(id, sighting)
    try arrive(id, sighting.route)
  }

  func arrive(_ id: DeviceID, _ route: Route) throws {
    try database.execute(
      sql: "INSERT INTO device_route(device, gateway, line, since) VALUES (?, ?, ?, ?)",
      arguments: [id.text, route.gateway, route.line, now.storedMilliseconds])
    try database.execute(
      sql: """
        DELETE FROM device_route WHERE device = ?1 AND number NOT IN
          (SELECT number FROM device_route WHERE device = ?1 ORDER BY number DESC LIMIT ?2)
        """, arguments: [id.text, Self.routeLimit])
  }

  /// One key, one device.
  func demandFree(_ thumbprint: Thumbprint, for id: DeviceID) throws {
    guard let other = try SQLiteStore.device(with: thumbprint, database), other.id != id else { return }
    throw ManagerError(.alreadyExists, "The thumbprint is that of device \(other.id).")
  }
}
