import Foundation
import GRDB
import PKI
import Synchronization
import X509

extension OCSPDesk {
  /// How many answers are signed between two commits.
  private static let batch = 500

  /// What is to be signed.
  fileprivate struct Due: FetchableRecord, Sendable {
    let serial: [UInt8]
    let issuer: Int
    let revokedAt: Int64?
    let status: OCSPStatus

    init(row: Row) {
      serial = row.bytes("serial")
      issuer = row["issuer"]
      revokedAt = row["revokedAt"]
      status = OCSPStatus(revokedAt: revokedAt, reason: row["reason"])
    }
  }

  /// What was signed, for the table.
  fileprivate struct Signed: Sendable {
    let due: Due
    let signer: Int64
    let thisUpdate: Date
    let signature: [UInt8]
  }

  /// Signs answers beforehand for all live certificates whose answer is old or not there yet: those issued or revoked since
  /// have a row that waits, see ``Database/awaitAnswer(serial:)``.
  ///
  /// - Returns: how many answers were signed.
  @discardableResult
  func prepare(now: Date) async throws -> Int {
    var count = 0
    while true {
      let signers = signers.withLock { $0 }
      let due = try await store.reader.read { [schedule] database in
        try Self.due(in: database, issuers: Array(signers.keys), schedule: schedule, now: now)
      }
      guard !due.isEmpty else { return count }
      // Before the transaction, which is the only one of the whole CA: signing takes its time.
      let signed = try await sign(due, by: signers, now: now)
      let written = try await store.log.write { database in
        try signed.reduce(0) { try $0 + database.add($1) }
      }
      count += written
      // What was revoked meanwhile waits for the next time, and nothing is tried for ever.
      guard due.count == Self.batch, written > 0 else { return count }
    }
  }

  /// Certificates of issuers that have a signer, oldest answers first.
  private static func due(
    in database: Database, issuers: [Int], schedule: StatusSchedule, now: Date
  ) throws -> [Due] {
    try Due.fetchAll(
      database,
      sql: """
        SELECT certificate.serial, certificate.issuer, certificate.revokedAt, revocation.reason FROM answer
        JOIN certificate ON certificate.serial = answer.serial
        LEFT JOIN revocation ON revocation.serial = certificate.serial
        WHERE answer.thisUpdate <= ? AND notAfter >= ?
          AND certificate.issuer IN (SELECT value FROM json_each(?))
        ORDER BY answer.thisUpdate LIMIT ?
        """,
      arguments: [(now - schedule.answerRefresh).seconds, now.seconds, "\(issuers)", batch])
  }

  /// Signs, each issuer's with its own signer, and away from here when that waits for a token.
  private func sign(_ due: [Due], by signers: [Int: Signer], now: Date) async throws -> [Signed] {
    var signed: [Signed] = []
    for (number, due) in Dictionary(grouping: due, by: \.issuer) {
      guard let signer = signers[number], let issuer = issuer(number) else { continue }
      signed += try await signer.identity.key.signing { [self] in
        try due.map { due in
          let certificate = try OCSPCertificateID(issuer: issuer, serialNumber: due.serial)
          let answer = answer([(certificate, due.status)], from: now)
          return Signed(
            due: due, signer: signer.id, thisUpdate: answer.thisUpdate,
            signature: try answer.signature(responder: signer.responder, key: signer.identity.key))
        }
      }
    }
    return signed
  }
}

extension Database {
  /// Has an answer signed beforehand for a certificate that is new, or whose answer is not true any more.
  func awaitAnswer(serial: [UInt8]) throws {
    try cachedStatement(
      sql: "INSERT OR REPLACE INTO answer (serial, responder, thisUpdate, signature) VALUES (?, 0, 0, x'')"
    ).execute(arguments: [Data(serial)])
  }

  /// Records an answer, unless the certificate's status has changed since it was signed.
  ///
  /// - Returns: how many rows that changed.
  fileprivate func add(_ signed: OCSPDesk.Signed) throws -> Int {
    try cachedStatement(
      sql: """
        UPDATE answer SET responder = ?, thisUpdate = ?, signature = ? WHERE serial = ?
          AND EXISTS (SELECT 1 FROM certificate WHERE certificate.serial = answer.serial AND revokedAt IS ?)
        """
    ).execute(arguments: [
      signed.signer, signed.thisUpdate.seconds, Data(signed.signature), Data(signed.due.serial), signed.due.revokedAt,
    ])
    return changesCount
  }
}
