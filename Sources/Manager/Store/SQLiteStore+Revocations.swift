import Foundation
import GRDB
import PKI

extension SQLiteStore {
  private static let columns = """
    SELECT revocation.*, certificate.serial, certificate.holder_kind, certificate.holder
    FROM revocation JOIN certificate ON certificate.id = revocation.certificate_id
    """

  func revocations(of holder: Holder) async throws -> [RevocationRecord] {
    try await pool.read { database in
      try Row.fetchAll(
        database,
        sql: Self.columns + " WHERE certificate.holder_kind = ? AND certificate.holder = ? ORDER BY revocation.number",
        arguments: [holder.kind, holder.name]
      ).map(RevocationRecord.init(row:))
    }
  }

  func revocationsDue(at now: Date, limit: Int) async throws -> [RevocationRecord] {
    try await pool.read { database in
      try Row.fetchAll(
        database,
        sql: Self.columns + " WHERE next_try_at IS NOT NULL AND next_try_at <= ? ORDER BY next_try_at LIMIT ?",
        arguments: [now.storedMilliseconds, limit]
      ).map(RevocationRecord.init(row:))
    }
  }

  func nextRevocationTry() async throws -> Date? {
    try await pool.read { database in
      try Int64.fetchOne(
        database, sql: "SELECT min(next_try_at) FROM revocation WHERE next_try_at IS NOT NULL"
      ).map(Date.init(storedMilliseconds:))
    }
  }
}

extension RevocationRecord {
  init(row: Row) throws {
    guard let reason = UInt8(exactly: row["reason"] as Int).flatMap(RevocationReason.init) else {
      throw Row.damaged("reason")
    }
    self.init(
      certificate: CertificateID(stored: row["certificate_id"]), serial: row["serial"],
      holder: try Holder(kind: row["holder_kind"], name: row["holder"]),
      transaction: OrderID(stored: row["transaction_id"]), reason: reason, source: try row.decoded("source"),
      revokedAt: row.date("revoked_at"),
      nextTryAt: (row["next_try_at"] as Int64?).map(Date.init(storedMilliseconds:)),
      toldAt: (row["told_at"] as Int64?).map(Date.init(storedMilliseconds:)), trouble: row["trouble"])
  }
}
