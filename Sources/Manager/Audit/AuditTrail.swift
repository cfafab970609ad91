import Durability
import Foundation
import GRDB

/// What links the entries of the audit trail, see `RecordChain`.
enum AuditTrail {
  /// What the first entry is linked to.
  static let start = RecordChain.start("muster manager audit 1")

  /// The values of an entry that its link covers: as they are stored, so that no reading and writing comes between.
  static func fields(_ row: Row) -> [String?] {
    [
      String(row["number"] as Int64), String(row["at"] as Int64), row["actor"], row["action"], row["subject"],
      row["detail"],
    ]
  }
}

/// One entry's place in the trail.
struct AuditPosition: Sendable, Equatable {
  /// 0 before the first entry.
  var number: Int64
  /// 32 bytes.
  var link: [UInt8]

  static let start = AuditPosition(number: 0, link: AuditTrail.start)
}

extension Database {
  /// The newest entry.
  func auditHead() throws -> AuditPosition {
    let row = try Row.fetchOne(
      cachedStatement(sql: "SELECT number, link FROM audit ORDER BY number DESC LIMIT 1"))
    return row.map { AuditPosition(number: $0["number"], link: $0.bytes("link") ?? []) } ?? .start
  }

  /// Adds an entry behind the newest.
  func appendAudit(at: Int64, actor: String, action: String, subject: String, detail: String) throws {
    let head = try auditHead()
    let number = head.number + 1
    let texts = [actor, action, subject, detail].map(RecordChain.storable)
    let link = RecordChain.link(head.link, [String(number), String(at)] + texts)
    try cachedStatement(
      sql: "INSERT INTO audit(number, at, actor, action, subject, detail, link) VALUES (?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: StatementArguments([number, at]) + StatementArguments(texts) + [Data(link)])
  }

  /// Links the entries of versions before 4, which were written without.
  func linkAudit() throws {
    var previous = AuditTrail.start
    let rows = try Row.fetchCursor(self, sql: "SELECT * FROM audit ORDER BY number")
    var links: [(Int64, [UInt8])] = []
    while let row = try rows.next() {
      previous = RecordChain.link(previous, AuditTrail.fields(row))
      links.append((row["number"], previous))
    }
    let update = try cachedStatement(sql: "UPDATE audit SET link = ? WHERE number = ?")
    for (number, link) in links { try update.execute(arguments: [Data(link), number]) }
  }

  /// Follows the links of all entries behind `position`.
  ///
  /// - Parameter passing: told of every entry's place whose link fits.
  /// - Returns: the last place that fits, and what is wrong behind it.
  func followAudit(
    from position: AuditPosition, passing: (AuditPosition) -> Void = { _ in }
  ) throws -> (AuditPosition, AuditDamage?) {
    var position = position
    let rows = try Row.fetchCursor(
      self, sql: "SELECT * FROM audit WHERE number > ? ORDER BY number", arguments: [position.number])
    while let row = try rows.next() {
      let number: Int64 = row["number"]
      let link = RecordChain.link(position.link, AuditTrail.fields(row))
      guard row.bytes("link") == link else {
        return (position, number == position.number + 1 ? .changed(number) : .missing(position.number + 1))
      }
      position = AuditPosition(number: number, link: link)
      passing(position)
    }
    return (position, nil)
  }
}
