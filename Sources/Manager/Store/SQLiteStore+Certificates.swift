import GRDB

extension SQLiteStore {
  func certificate(_ id: CertificateID) async throws -> CertificateRecord? {
    try await pool.read { try Self.certificate(id, $0) }
  }

  func terms(of ids: [CertificateID]) async throws -> [CertificateID: CertificateTerm] {
    guard !ids.isEmpty else { return [:] }
    let rows = try await pool.read { database in
      try SQLRequest<Row>(
        literal: "SELECT id, serial, not_after FROM certificate WHERE id IN \(ids.map(\.text))"
      ).fetchAll(database).map {
        (
          CertificateID(stored: $0["id"]), CertificateTerm(serial: $0["serial"], notAfter: $0.date("not_after"))
        )
      }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  func certificate(from order: OrderID) async throws -> CertificateRecord? {
    try await pool.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM certificate WHERE order_id = ?", arguments: [order.text])
        .map(CertificateRecord.init(row:))
    }
  }

  func activeCertificate(of holder: Holder) async throws -> CertificateRecord? {
    try await pool.read { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT * FROM certificate WHERE holder_kind = ? AND holder = ? AND state = 'active'
          ORDER BY number DESC LIMIT 1
          """, arguments: [holder.kind, holder.name]
      ).map(CertificateRecord.init(row:))
    }
  }

  func certificates(serial: String) async throws -> [CertificateRecord] {
    try await pool.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM certificate WHERE serial = ? ORDER BY number", arguments: [serial]
      ).map(CertificateRecord.init(row:))
    }
  }

  func certificates(
    of holder: Holder?, in state: CertificateState?, after cursor: String?, limit: Int
  ) async throws -> Page<CertificateRecord> {
    let read = try await pool.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM certificate
          WHERE number > ?1 AND (?2 IS NULL OR holder_kind = ?2) AND (?3 IS NULL OR holder = ?3)
            AND (?4 IS NULL OR state = ?4)
          ORDER BY number LIMIT ?5
          """,
        arguments: [cursor.flatMap { Int64($0) } ?? 0, holder?.kind, holder?.name, state?.rawValue, limit + 1]
      ).map { (number: $0["number"] as Int64, record: try CertificateRecord(row: $0)) }
    }
    let page = Page(read, limit: limit) { "\($0.number)" }
    return Page(items: page.items.map(\.record), next: page.next)
  }
}
