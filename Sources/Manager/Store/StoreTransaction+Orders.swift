import Foundation
import GRDB

extension StoreTransaction {
  mutating func place(_ order: Order, for id: DeviceID) throws {
    try claim(order.key, for: order.holder)
    try insert(order)
    try update("UPDATE device SET order_id = ?, certificate_id = NULL WHERE id = ?", [order.id.text, id.text])
    try step(id, .order)
  }

  /// Puts the device's earlier order for this key in force again, with the certificate it ended with, if it has.
  mutating func continueOrder(_ order: OrderID, for id: DeviceID) throws {
    guard let known = try SQLiteStore.order(order, database), known.holder == .device(id), known.state != .refused
    else {
      throw ManagerError(.conflict, "Order \(order) is not one that device \(id) can go on with.")
    }
    try update(
      """
      UPDATE device SET order_id = ?, certificate_id = (SELECT id FROM certificate WHERE order_id = ?) WHERE id = ?
      """, [order.text, order.text, id.text])
    try step(id, .order)
  }

  func placeOwn(_ order: Order) throws {
    try claim(order.key, for: order.holder)
    try insert(order)
    guard case .gateway(let name) = order.holder else { return }
    try database.execute(
      sql: """
        INSERT INTO gateway(name, state, order_id, created_at) VALUES (?, 'active', ?, ?)
        ON CONFLICT (name) DO UPDATE SET order_id = excluded.order_id, state = 'active',
          -- What shut it out stays out, until the new certificate is there.
          certificate_id = CASE WHEN state = 'revoked' THEN NULL ELSE certificate_id END,
          next_order_id = NULL, next_certificate_id = NULL
        """, arguments: [name, order.id.text, now.storedMilliseconds])
  }

  func placeGatewayRenewal(_ order: Order) throws {
    guard case .gateway(let name) = order.holder else { throw ManagerError(.conflict, "The order is no gateway's.") }
    try claim(order.key, for: order.holder)
    try insert(order)
    try update(
      "UPDATE gateway SET next_order_id = ?, next_certificate_id = NULL WHERE name = ? AND state = 'active'",
      [order.id.text, name])
  }

  /// The former certificate ends only when the gateway has shown that it has the next one.
  func adopt(_ certificate: CertificateID, by name: String) throws {
    try supersedeOthers(than: certificate, holder: .gateway(name))
    try update("UPDATE certificate SET state = 'active' WHERE id = ? AND state = 'issued'", [certificate.text])
    try update(
      """
      UPDATE gateway SET certificate_id = next_certificate_id, order_id = next_order_id, next_order_id = NULL,
        next_certificate_id = NULL
      WHERE name = ? AND next_certificate_id = ? AND state = 'active'
      """, [name, certificate.text])
  }

  func refuse(_ order: Order, _ problem: Problem) throws {
    try update(
      "UPDATE certificate_order SET state = 'refused', refusal = ? WHERE id = ? AND state = 'open'",
      [problem.detail, order.id.text])
    if case .device(let device) = order.holder { try set(problem, on: device) }
  }

  func issue(_ record: CertificateRecord) throws {
    try update("UPDATE certificate_order SET state = 'issued' WHERE id = ? AND state = 'open'", [record.orderID.text])
    if record.state == .active { try supersedeOthers(than: record.id, holder: record.holder) }
    try insert(record)
    switch record.holder {
    case .device(let id):
      try update(
        "UPDATE device SET certificate_id = ? WHERE id = ? AND order_id = ?",
        [record.id.text, id.text, record.orderID.text])
    case .gateway(let name) where record.state == .issued:
      try update(
        "UPDATE gateway SET next_certificate_id = ? WHERE name = ? AND next_order_id = ?",
        [record.id.text, name, record.orderID.text])
    case .gateway(let name):
      try update(
        """
        UPDATE gateway SET certificate_id = ?1, order_id = ?3, next_order_id = NULL, next_certificate_id = NULL
        WHERE name = ?2 AND ?3 IN (order_id, next_order_id)
        """, [record.id.text, name, record.orderID.text])
    case .manager: break
    }
    try database.execute(
      sql: """
        INSERT INTO authority_list(issuer, certificate_id) VALUES (?, ?)
        ON CONFLICT (issuer) DO UPDATE SET certificate_id = excluded.certificate_id
        """, arguments: [record.issuer, record.id.text])
    try withdrawLate(record)
  }

  mutating func deliver(_ certificate: CertificateID, to id: DeviceID) throws {
    try demandInForce(certificate, of: id)
    // A certificate of a continued order may be further already.
    try database.execute(
      sql: "UPDATE certificate SET state = 'delivered', refusal = NULL WHERE id = ? AND state = 'issued'",
      arguments: [certificate.text])
    try step(id, .deliver)
  }

  mutating func activate(_ certificate: CertificateID, of id: DeviceID, report: [UInt8]) throws {
    try demandInForce(certificate, of: id)
    // The device may report before its 'yes' to the delivery arrived, or when that was lost.
    if try existing(id).state == .ordered { try step(id, .deliver) }
    try supersedeOthers(than: certificate, holder: .device(id))
    try update(
      "UPDATE certificate SET state = 'active', report = ?, refusal = NULL WHERE id = ?",
      [Data(report), certificate.text])
    let renewal = try SQLiteStore.certificate(certificate, database).map { RenewalRule.time($0, of: id) }
    try update("UPDATE device SET renewal_at = ? WHERE id = ?", [renewal?.storedMilliseconds, id.text])
    try step(id, .report)
  }

  /// A key belongs for all time to the first holder it was seen with.
  private func claim(_ key: KeyDigest, for holder: Holder) throws {
    if let known = try SQLiteStore.holder(of: key, database) {
      guard known == holder else {
        throw ManagerError(.conflict, "The key \(key) was seen before, for another holder.")
      }
      try refuseRevoked(key)
      return
    }
    try database.execute(
      sql: "INSERT INTO key_seen(key, holder_kind, holder, first_seen_at) VALUES (?, ?, ?, ?)",
      arguments: [key.text, holder.kind, holder.name, now.storedMilliseconds])
  }

  func supersedeOthers(than certificate: CertificateID, holder: Holder) throws {
    try database.execute(
      sql:
        "UPDATE certificate SET state = 'superseded' WHERE holder_kind = ? AND holder = ? AND id <> ? AND state <> 'revoked'",
      arguments: [holder.kind, holder.name, certificate.text])
  }

  private func demandInForce(_ certificate: CertificateID, of id: DeviceID) throws {
    guard try existing(id).certificateID == certificate else {
      throw ManagerError(.conflict, "Certificate \(certificate) is not the one in force for device \(id).")
    }
  }

  private func insert(_ order: Order) throws {
    do {
      try database.execute(
        sql: """
          INSERT INTO certificate_order(id, holder_kind, holder, profile, key, request, state, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          order.id.text, order.holder.kind, order.holder.name, order.profile, order.key.text, Data(order.request),
          order.state.rawValue, order.createdAt.storedMilliseconds,
        ])
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw ManagerError(.conflict, "There is an open order for the key \(order.key) already.")
    }
  }

  private func insert(_ record: CertificateRecord) throws {
    try database.execute(
      sql: """
        INSERT INTO certificate(id, serial, holder_kind, holder, key, order_id, der, chain, subject, issuer, not_before,
          not_after, state, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        record.id.text, record.serial, record.holder.kind, record.holder.name, record.key.text, record.orderID.text,
        Data(record.der), Data(CertificateList.join(record.chain)), record.subject, record.issuer,
        record.notBefore.storedMilliseconds, record.notAfter.storedMilliseconds, record.state.rawValue,
        record.createdAt.storedMilliseconds,
      ])
  }
}
