import Durability
import Foundation
import GRDB
import PKI

/// What links each row of the audit table to the one before it, see ``RecordChain``.
///
/// The count of a gathered row grows after the row was written and is not part of its link.
enum AuditChain {
  /// What the first row is linked to.
  static let start = RecordChain.start("muster ca audit 1")

  /// The values of a row that its link covers.
  static func fields(_ row: Row) -> [String?] {
    [
      String(row["id"] as Int64), String(row["at"] as Int64), row["event"], row["reason"], row["profile"],
      row["authority"], row["transaction"], row["serial"], row["subject"], row["gathered"],
    ]
  }
}

/// What a check of the audit table found.
public struct AuditVerdict: Sendable, Equatable {
  /// How many rows there are.
  public let rows: Int
  /// The newest row's link, in hexadecimal: to be noted somewhere else.
  public let head: String
  /// The first row that does not fit to the one before it; nil when all do.
  public let firstBroken: Int64?
  /// Whether the link that was asked for is there; true when none was asked for.
  public let hasNoted: Bool

  /// Whether nothing is wrong.
  public var isWhole: Bool { firstBroken == nil && hasNoted }
}

extension Store {
  /// Checks every link of the audit table.
  ///
  /// - Parameter noted: a link that was noted earlier, in hexadecimal; it must still be there.
  func checkAudit(noted: String?) async throws -> AuditVerdict {
    try await reader.read { database in
      let rows = try Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY id")
      var (previous, count, broken, hasNoted) = (AuditChain.start, 0, Int64?.none, noted == nil)
      while let row = try rows.next() {
        let link = RecordChain.link(previous, AuditChain.fields(row))
        if link != row.bytes("link"), broken == nil { broken = row["id"] }
        if link.hexadecimal == noted?.lowercased() { hasNoted = true }
        (previous, count) = (link, count + 1)
      }
      return AuditVerdict(rows: count, head: previous.hexadecimal, firstBroken: broken, hasNoted: hasNoted)
    }
  }
}

extension Database {
  /// The newest row's number and link.
  func auditHead() throws -> (id: Int64, link: [UInt8]) {
    let row = try Row.fetchOne(cachedStatement(sql: "SELECT id, link FROM audit ORDER BY id DESC LIMIT 1"))
    return row.map { ($0["id"], $0.bytes("link")) } ?? (0, AuditChain.start)
  }

  /// Links the rows of versions before 4, which were written without.
  func linkAudit() throws {
    var previous = AuditChain.start
    for row in try Row.fetchAll(self, sql: "SELECT * FROM audit ORDER BY id") {
      previous = RecordChain.link(previous, AuditChain.fields(row))
      try execute(sql: "UPDATE audit SET link = ? WHERE id = ?", arguments: [Data(previous), row["id"] as Int64])
    }
  }
}
