import Foundation
import GRDB
import PKI

extension StoreTransaction {
  mutating func insert(
    _ id: DeviceID, state: DeviceState, model: String?, thumbprint: Thumbprint? = nil, key: DeviceKey? = nil
  ) throws {
    guard try SQLiteStore.device(id, database) == nil else {
      throw ManagerError(.alreadyExists, "There is a device \(id) already.")
    }
    if let twin = try SQLiteStore.twin(of: id, database) { throw ManagerError.twin(of: twin, id) }
    if let thumbprint { try demandFree(thumbprint, for: id) }
    try database.execute(
      sql: """
        INSERT INTO device(id, state, model, thumbprint, public_key, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id.text, state.rawValue, model, thumbprint?.text, key.map { Data($0.coordinates) }, now.storedMilliseconds,
        now.storedMilliseconds,
      ])
    transitions.append(DeviceTransition(device: id, from: nil, to: state, serial: nil))
  }

  func sight(_ id: DeviceID, _ sighting: Sighting) throws {
    try update(
      """
      UPDATE device SET gateway = ?, line = ?, model = ?, firmware = ?, claimed_holding = ?, claimed_serial = ?,
        claimed_message_bytes = ?, seen_at = ? WHERE id = ?
      """,
      [
        sighting.route.gateway, sighting.route.line, sighting.model, sighting.firmware,
        Int(sighting.claim.holding.rawValue), sighting.claim.serial, sighting.claim.maximumMessageBytes,
        now.storedMilliseconds, id.text,
      ])
  }

  /// The one place where a device's state changes: along ``DeviceLife``, and with a step its problem is over. A device that is
  /// withdrawn loses its certificates in the same transaction.
  mutating func step(_ id: DeviceID, _ event: DeviceEvent, reason: RevocationReason? = nil) throws {
    let device = try existing(id)
    let next: DeviceState
    switch DeviceLife.outcome(of: event, in: device.state) {
    case .becomes(let state): next = state
    case .already: throw ManagerError(.conflict, "Device \(id) is \(device.state.rawValue) already.")
    case .refused(let refusal): throw refusal.error(event, of: device)
    }
    try update(
      """
      UPDATE device SET state = ?, changed_at = ?, problem = NULL, problem_detail = NULL, problem_at = NULL, held = 0
      WHERE id = ?
      """, [next.rawValue, now.storedMilliseconds, id.text])
    switch event {
    case .revoke: try revokeAll(of: .device(id), reason ?? .unspecified)
    case .decommission: try revokeAll(of: .device(id), reason ?? .cessationOfOperation)
    case .keySeen, .keyGiven, .approve, .call, .order, .deliver, .startAgain, .report, .due, .suspend, .resume: break
    }
    let serial = try String.fetchOne(
      database,
      sql:
        "SELECT certificate.serial FROM device JOIN certificate ON certificate.id = certificate_id WHERE device.id = ?",
      arguments: [id.text])
    transitions.append(DeviceTransition(device: id, from: device.state, to: next, serial: serial))
  }

  func set(_ problem: Problem, on id: DeviceID) throws {
    try update(
      "UPDATE device SET problem = ?, problem_detail = ?, problem_at = ?, held = ? WHERE id = ?",
      [problem.code.rawValue, problem.detail, problem.at.storedMilliseconds, problem.held, id.text])
  }

  func clearProblem(of id: DeviceID) throws {
    try update(
      "UPDATE device SET problem = NULL, problem_detail = NULL, problem_at = NULL, held = 0 WHERE id = ?", [id.text])
  }

  /// Starts again where it stands: a held device goes on, an active one is renewed, an order that failed is made anew.
  mutating func retry(_ id: DeviceID) throws {
    let device = try existing(id)
    switch device.state {
    case .active: try step(id, .due)
    case .ordered where try hasFailed(device): try step(id, .startAgain)
    case .approved, .csrRequested, .ordered, .renewalDue: try clearProblem(of: id)
    case .delivered: try step(id, .startAgain)
    // Refused by the table, for its own reason.
    case .registered, .pending, .suspended, .revoked, .decommissioned: try step(id, .call)
    }
  }

  func existing(_ id: DeviceID) throws -> Device {
    guard let device = try SQLiteStore.device(id, database) else {
      throw ManagerError(.notFound, "There is no device \(id).", remedy: "'muster device list' shows all.")
    }
    return device
  }

  /// Whether trying the same again is in vain: the CA refused the order, or the device the certificate.
  private func hasFailed(_ device: Device) throws -> Bool {
    if let id = device.orderID, try SQLiteStore.order(id, database)?.state == .refused { return true }
    guard let id = device.certificateID else { return false }
    return try SQLiteStore.certificate(id, database)?.refusal != nil
  }
}

extension ManagerError {
  /// An id that differs from a known one in upper and lower case only.
  static func twin(of known: DeviceID, _ id: DeviceID) -> ManagerError {
    ManagerError(
      .alreadyExists, "Device \(known) is known, and \(id) differs from it in upper and lower case only.",
      remedy: "Both would have the same DNS name. Use the id that is known.")
  }
}
