import Foundation
import GRDB
import PKI
import Synchronization
import X509

extension OCSPDesk {
  /// How many answers are signed between two commits.
  private static let batch = 500

  /// What is to be signed.
  private struct Due: FetchableRecord, Sendable {
    let serial: [UInt8]
    let issuer: Int
    let revokedAt: Int64?
    let status: OCSPStatus
    let position: Int64

    init(row: Row) {
      serial = row.bytes("serial")
      issuer = row["issuer"]
      revokedAt = row["revokedAt"]
      status = OCSPStatus(revokedAt: revokedAt, reason: row["reason"])
      position = row["position"]
    }
  }

  private static let columns = """
    SELECT certificate.serial, certificate.issuer, certificate.revokedAt, revocation.reason,
      certificate.rowid AS position FROM certificate
    LEFT JOIN revocation ON revocation.serial = certificate.serial
    """

  /// Signs answers beforehand for all live certificates that have none: those issued since, and those whose answer gets old.
  ///
  /// - Parameter position: the last certificate that was looked at; 0 to look at all.
  /// - Returns: the next `position`, and how many answers were signed.
  func prepare(after position: Int64, now: Date) async throws -> (position: Int64, count: Int) {
    var (position, count) = (position, 0)
    while true {
      let due = try await store.reader.read { [position] in try Self.due(in: $0, after: position, now: now) }
      if due.isEmpty { break }
      try await store.log.write { [self] database in
        for item in due { try prepare(item, in: database, now: now) }
      }
      count += due.count
      position = max(position, due.map(\.position).max() ?? position)
      if due.count < Self.batch { break }
    }
    while true {
      let due = try await store.reader.read { [schedule] in try Self.old(in: $0, schedule: schedule, now: now) }
      if due.isEmpty { break }
      try await store.log.write { [self] database in
        for item in due { try prepare(item, in: database, now: now) }
      }
      count += due.count
      if due.count < Self.batch { break }
    }
    return (position, count)
  }

  private static func due(in database: Database, after position: Int64, now: Date) throws -> [Due] {
    try Due.fetchAll(
      database,
      sql: columns + """
         LEFT JOIN answer ON answer.serial = certificate.serial
        WHERE certificate.rowid > ? AND der IS NOT NULL AND notAfter >= ? AND certificate.issuer > 0
          AND answer.serial IS NULL
        ORDER BY certificate.rowid LIMIT ?
        """, arguments: [position, now.seconds, batch])
  }

  private static func old(in database: Database, schedule: StatusSchedule, now: Date) throws -> [Due] {
    try Due.fetchAll(
      database,
      sql: columns + """
         JOIN answer ON answer.serial = certificate.serial
        WHERE answer.thisUpdate <= ? AND notAfter >= ? ORDER BY answer.thisUpdate LIMIT ?
        """, arguments: [(now - schedule.answerRefresh).seconds, now.seconds, batch])
  }

  /// Signs one answer, unless the certificate's status has changed since it was looked at.
  private func prepare(_ due: Due, in database: Database, now: Date) throws {
    guard let signer = signers.withLock({ $0[due.issuer] }), let issuer = issuer(due.issuer) else { return }
    let certificate = try OCSPCertificateID(issuer: issuer, serialNumber: due.serial)
    let answer = answer([(certificate, due.status)], from: now)
    let signature = try answer.signature(responder: signer.responder, key: signer.identity.key)
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO answer (serial, responder, thisUpdate, signature)
        SELECT serial, ?, ?, ? FROM certificate WHERE serial = ? AND revokedAt IS ?
        """
    ).execute(arguments: [
      signer.id, answer.thisUpdate.seconds, Data(signature), Data(due.serial), due.revokedAt,
    ])
  }
}
