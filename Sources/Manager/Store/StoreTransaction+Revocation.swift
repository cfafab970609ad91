import Foundation
import GRDB
import PKI

// Certificates that are withdrawn: here at once, and at the CA by a job that is written in the same transaction.
extension StoreTransaction {
  /// Withdraws everything that a holder could still show: certificates in force, on their way, and former ones that have not
  /// ended.
  func revokeAll(of holder: Holder, _ reason: RevocationReason) throws {
    let ids = try String.fetchAll(
      database,
      sql: """
        SELECT id FROM certificate WHERE holder_kind = ? AND holder = ? AND state <> 'revoked' AND not_after > ?
        ORDER BY number
        """, arguments: [holder.kind, holder.name, now.storedMilliseconds])
    for id in ids { try revoke(CertificateID(stored: id), reason, by: .manager) }
  }

  /// - Parameter source: what the CA revoked, it need not be told.
  func revoke(_ id: CertificateID, _ reason: RevocationReason, by source: RevocationSource) throws {
    try update("UPDATE certificate SET state = 'revoked' WHERE id = ? AND state <> 'revoked'", [id.text])
    let time = now.storedMilliseconds
    try database.execute(
      sql: """
        INSERT INTO revocation(certificate_id, transaction_id, reason, source, revoked_at, next_try_at, told_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id.text, OrderID.fresh().text, Int(reason.rawValue), source.rawValue, time, source == .manager ? time : nil,
        source == .manager ? nil : time,
      ])
  }

  /// - Throws: ``ManagerError``: `notFound`, `conflict` when it is revoked already.
  func revokeGateway(_ name: String, _ reason: RevocationReason) throws {
    let state = try String.fetchOne(database, sql: "SELECT state FROM gateway WHERE name = ?", arguments: [name])
    guard let state else {
      throw ManagerError(.notFound, "There is no gateway '\(name)'.", remedy: "'muster gateway list' shows all.")
    }
    guard state != GatewayState.revoked.rawValue else {
      throw ManagerError(.conflict, "Gateway '\(name)' is revoked already.")
    }
    try update("UPDATE gateway SET state = ? WHERE name = ?", [GatewayState.revoked.rawValue, name])
    try revokeAll(of: .gateway(name), reason)
  }

  /// What the CA says is revoked. A former certificate for another key says nothing about its holder of today.
  mutating func takeRevocation(of id: CertificateID, _ holder: Holder, _ reason: RevocationReason) throws {
    guard let record = try SQLiteStore.certificate(id, database), record.state != .revoked else {
      throw ManagerError(.conflict, "The certificate \(id) is revoked already.")
    }
    try revoke(id, reason, by: .authority)
    let inForce: String?
    switch holder {
    case .device(let device): inForce = try existing(device).certificateID?.text
    case .gateway(let name):
      inForce = try String.fetchOne(
        database, sql: "SELECT certificate_id FROM gateway WHERE name = ?", arguments: [name])
    case .manager: return
    }
    let key = try inForce.flatMap { try SQLiteStore.certificate(CertificateID(stored: $0), database)?.key }
    guard record.state != .superseded || key == record.key else { return }
    switch holder {
    case .device(let device):
      guard case .becomes = DeviceLife.outcome(of: .revoke, in: try existing(device).state) else { return }
      try step(device, .revoke, reason: reason)
    case .gateway(let name):
      guard try SQLiteStore.gateway(name, database)?.state == .active else { return }
      try revokeGateway(name, reason)
    case .manager: return
    }
  }

  func settleRevocation(of id: CertificateID) throws {
    try update(
      """
      UPDATE revocation SET next_try_at = NULL, told_at = ?, trouble = NULL
      WHERE certificate_id = ? AND next_try_at IS NOT NULL
      """, [now.storedMilliseconds, id.text])
  }

  func delayRevocation(of id: CertificateID, _ trouble: String, _ next: Date) throws {
    try update(
      "UPDATE revocation SET next_try_at = ?, trouble = ? WHERE certificate_id = ? AND next_try_at IS NOT NULL",
      [next.storedMilliseconds, trouble, id.text])
  }

  /// The CA's answer to an order that was under way when its device was withdrawn: nobody gets that certificate.
  func withdrawLate(_ record: CertificateRecord) throws {
    if case .gateway(let name) = record.holder, try SQLiteStore.gateway(name, database)?.state == .revoked {
      return try revoke(record.id, .cessationOfOperation, by: .manager)
    }
    guard case .device(let id) = record.holder else { return }
    switch try existing(id).state {
    case .revoked, .decommissioned: try revoke(record.id, .cessationOfOperation, by: .manager)
    case .registered, .pending, .approved, .csrRequested, .ordered, .delivered, .active, .renewalDue, .suspended: break
    }
  }

  /// A key whose certificate was withdrawn is certified never again: whoever has it may be a thief.
  func refuseRevoked(_ key: KeyDigest) throws {
    let isRevoked = try Bool.fetchOne(
      database, sql: "SELECT EXISTS(SELECT 1 FROM certificate WHERE key = ? AND state = 'revoked')",
      arguments: [key.text])
    guard isRevoked == true else { return }
    throw ManagerError(
      .conflict, "A certificate for this key was revoked, and the key is not certified again.",
      remedy: "Make a new key.")
  }

  /// What is ordered for a device that was turned away meanwhile does not go out.
  func refuseBlocked(holderOf order: OrderID) throws {
    let holder = try SQLiteStore.order(order, database)?.holder
    if case .gateway(let name) = holder, try SQLiteStore.gateway(name, database)?.state == .revoked {
      throw ManagerError(.conflict, "Gateway '\(name)' is revoked.")
    }
    guard case .device(let id) = holder else { return }
    let device = try existing(id)
    guard device.state.isBlocked, case .refused(let refusal) = DeviceLife.outcome(of: .order, in: device.state) else {
      return
    }
    throw refusal.error(.order, of: device)
  }
}
