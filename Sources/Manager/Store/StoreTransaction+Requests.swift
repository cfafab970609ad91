import Foundation
import GRDB

// Devices that enrol over EST.
extension StoreTransaction {
  mutating func invite(_ invitation: Invitation) throws {
    let id = invitation.device
    if let device = try SQLiteStore.device(id, database) {
      guard device.estProfile != nil else {
        throw ManagerError(
          .conflict, "Device \(id) enrols over its line, and not over EST.", remedy: "Invite it under another id.")
      }
      if device.state.isBlocked, case .refused(let refusal) = DeviceLife.outcome(of: .order, in: device.state) {
        throw refusal.error(.order, of: device)
      }
      if device.state == .pending { try step(id, .keyGiven) }
    } else {
      try insert(id, state: .registered, model: nil)
    }
    try update("UPDATE device SET est_profile = ? WHERE id = ?", [invitation.profile, id.text])
    try database.execute(sql: "DELETE FROM invitation WHERE device = ? AND used_at IS NULL", arguments: [id.text])
    try database.execute(
      sql: "INSERT INTO invitation(code, device, profile, expires_at, created_at) VALUES (?, ?, ?, ?, ?)",
      arguments: [
        Data(invitation.code), id.text, invitation.profile, invitation.expires.storedMilliseconds,
        now.storedMilliseconds,
      ])
  }

  /// Uses up what the request is taken by, brings the device to where an order is its next step, and places it.
  mutating func take(
    _ order: Order, for id: DeviceID, _ profile: String, _ ground: EnrolmentGround
  ) throws {
    switch ground {
    case .code(let code):
      try update(
        "UPDATE invitation SET used_at = ? WHERE code = ? AND device = ? AND used_at IS NULL AND expires_at > ?",
        [now.storedMilliseconds, Data(code), id.text, now.storedMilliseconds])
    case .approval:
      let device = try existing(id)
      guard device.thumbprint?.text == order.key.text, [.approved, .csrRequested].contains(device.state) else {
        throw ManagerError(.conflict, "Device \(id) is not approved with this key.")
      }
    case .certificate(let shown): try prove(shown, by: id)
    }
    let key = Thumbprint(stored: order.key.text)
    try demandFree(key, for: id)
    while try existing(id).state != .csrRequested { try approach(id) }
    try place(order, for: id)
    try update("UPDATE device SET est_profile = ?, thumbprint = ? WHERE id = ?", [profile, key.text, id.text])
  }

  /// One step nearer to where a request is due. Each is one of ``DeviceLife``, which refuses what is turned away.
  private mutating func approach(_ id: DeviceID) throws {
    switch try existing(id).state {
    case .registered, .pending: try step(id, .approve)
    case .approved, .renewalDue, .csrRequested: try step(id, .call)
    case .ordered, .delivered: try step(id, .startAgain)
    case .active: try step(id, .due)
    case .suspended, .revoked, .decommissioned: try step(id, .call)
    }
  }

  /// Who shows a certificate in TLS has it: what a device on a line proves with its report.
  private mutating func prove(_ shown: CertificateID, by id: DeviceID) throws {
    let device = try existing(id)
    guard device.state == .delivered, device.certificateID == shown else { return }
    try supersedeOthers(than: shown, holder: .device(id))
    try update("UPDATE certificate SET state = 'active' WHERE id = ?", [shown.text])
    try step(id, .report)
  }
}

extension SQLiteStore {
  func invitation(_ code: [UInt8]) async throws -> Invitation? {
    try await pool.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM invitation WHERE code = ?", arguments: [Data(code)]).map { row in
        Invitation(
          code: code, device: try DeviceID(row["device"]), profile: row["profile"], expires: row.date("expires_at"),
          isUsed: (row["used_at"] as Int64?) != nil)
      }
    }
  }
}
