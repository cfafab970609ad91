import Durability
import Foundation
import GRDB
import PKI

/// What is known of a request when its audit row is written. None of it need be true: it may be a forger's claim.
struct AuditContext: Sendable {
  var profile: String?
  var authority: [UInt8]?
  var transaction: [UInt8]?
  var subject: String?
}

/// What an audit row is about.
enum AuditEvent: String {
  case issued
  case refused
  case codeMade = "code-made"
  case revoked
  case suspended
  case resumed
  case limited
}

extension Store {
  /// Records a refusal that no other change goes with.
  func addRefusal(_ refusal: Refusal, context: AuditContext, now: Date) async throws {
    try await log.write { database in
      try database.audit(refusal, context: context, now: now)
    }
  }

  /// All rows, oldest first.
  func auditRows() async throws -> [AuditRow] {
    try await reader.read { try AuditRow.fetchAll($0, sql: "SELECT * FROM audit ORDER BY id") }
  }
}

extension Database {
  /// Passes a result on, with an audit row when it is a refusal. A failure of the store is thrown: there is nothing to commit.
  func audited<Value>(
    _ result: Result<Value, Refusal>, context: AuditContext, now: Date
  ) throws -> Result<Value, Refusal> {
    if case .failure(let refusal) = result {
      guard refusal != .storeFailed else { throw refusal }
      try audit(refusal, context: context, now: now)
    }
    return result
  }

  /// Records a refusal: as a row of its own, or, if anybody can cause it at will, in the one row of its kind and minute, so that
  /// nobody fills the disk.
  func audit(_ refusal: Refusal, context: AuditContext, now: Date) throws {
    let gathered = refusal.gathered(authority: context.authority)
    if let gathered {
      let minute = Self.milliseconds(now) / 60_000 * 60_000
      try cachedStatement(
        sql: "UPDATE audit SET \"count\" = \"count\" + 1 WHERE gathered = ? AND at >= ? AND at < ?"
      ).execute(arguments: [gathered, minute, minute + 60_000])
      guard changesCount == 0 else { return }
    }
    try audit(.refused, reason: refusal.name, context: context, gathered: gathered, now: now)
  }

  func audit(
    _ event: AuditEvent, reason: String? = nil, context: AuditContext, serial: [UInt8]? = nil,
    gathered: String? = nil, now: Date
  ) throws {
    let head = try auditHead()
    let id = head.id + 1
    let at = Self.milliseconds(now)
    let fields = [
      reason, context.profile, context.authority?.hexadecimal, context.transaction?.hexadecimal, serial?.hexadecimal,
      context.subject, gathered,
    ].map { $0.map(RecordChain.storable) }
    let link = RecordChain.link(head.link, [String(id), String(at), event.rawValue] + fields)
    try cachedStatement(
      sql: """
        INSERT INTO audit (id, at, event, reason, profile, authority, "transaction", serial, subject, gathered, link)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: StatementArguments([id, at] as [Int64]) + [event.rawValue] + StatementArguments(fields) + [Data(link)])
  }

  private static func milliseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970 * 1_000) }
}
