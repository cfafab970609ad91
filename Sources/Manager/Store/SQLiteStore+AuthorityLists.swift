import Durability
import Foundation
import GRDB

extension SQLiteStore {
  func authorityLists() async throws -> [AuthorityListRecord] {
    try await pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM authority_list ORDER BY issuer").map { row in
        AuthorityListRecord(
          issuer: row["issuer"], certificate: CertificateID(stored: row["certificate_id"]), number: row["list_number"],
          thisUpdate: (row["this_update"] as Int64?).map(Date.init(storedMilliseconds:)),
          nextUpdate: (row["next_update"] as Int64?).map(Date.init(storedMilliseconds:)),
          checkedAt: (row["checked_at"] as Int64?).map(Date.init(storedMilliseconds:)), missed: row["missed"],
          trouble: row["trouble"])
      }
    }
  }

  func note(_ look: AuthorityListRecord.Look, of issuer: String) async throws {
    try await group.write { database in
      switch look {
      case .read(let number, let thisUpdate, let nextUpdate, let now):
        try database.execute(
          sql: """
            UPDATE authority_list SET list_number = ?, this_update = ?, next_update = ?, checked_at = ?, missed = 0,
              trouble = NULL WHERE issuer = ?
            """,
          arguments: [
            number, thisUpdate.storedMilliseconds, nextUpdate.storedMilliseconds, now.storedMilliseconds, issuer,
          ])
      case .missed(let trouble):
        try database.execute(
          sql: "UPDATE authority_list SET missed = missed + 1, trouble = ? WHERE issuer = ?",
          arguments: [trouble, issuer])
      }
    }
  }

  func unrevoked(_ serials: [String], of issuer: String) async throws -> [String: (CertificateID, Holder)] {
    guard !serials.isEmpty else { return [:] }
    let rows = try await pool.read { database in
      try SQLRequest<Row>(
        literal: """
          SELECT id, serial, holder_kind, holder FROM certificate
          WHERE serial IN \(serials) AND issuer = \(issuer) AND state <> 'revoked' AND holder_kind <> 'manager'
          """
      ).fetchAll(database).map { row in
        (
          row["serial"] as String,
          (CertificateID(stored: row["id"]), try Holder(kind: row["holder_kind"], name: row["holder"]))
        )
      }
    }
    return Dictionary(rows) { first, _ in first }
  }
}
