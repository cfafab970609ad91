import Foundation
import GRDB

/// A CRL as the database keeps it: everything it says but its entries, which are there once for all lists, and its signatures.
///
/// A full and a delta CRL are made together, under one number (RFC 5280 §5.2.4).
struct CRLRow: Sendable, Equatable {
  let issuer: Int
  let number: Int64
  let thisUpdate: Date
  /// When the full CRL lapses.
  let fullUntil: Date
  /// When the delta CRL lapses.
  let deltaUntil: Date
  /// The full CRL that the delta CRL completes: its number, and the last revocation in it.
  let base: Int64
  let baseLast: Int64
  /// The last revocation in these lists.
  let last: Int64
  /// Certificates that ended before this are left out of the full list.
  let since: Date
  /// Where the full CRL says that its delta CRL is: `ca.yaml` may say another place by now. Nil for nowhere.
  let deltaURL: String?
  var fullSignature: [UInt8]
  var deltaSignature: [UInt8]
}

extension CRLRow: FetchableRecord {
  init(row: Row) {
    func date(_ column: String) -> Date { Date(timeIntervalSince1970: TimeInterval(row[column] as Int64)) }
    issuer = row["issuer"]
    number = row["number"]
    (thisUpdate, fullUntil, deltaUntil) = (date("thisUpdate"), date("fullUntil"), date("deltaUntil"))
    base = row["base"]
    baseLast = row["baseLast"]
    last = row["last"]
    since = date("since")
    deltaURL = row["deltaURL"]
    fullSignature = row.bytes("fullSignature")
    deltaSignature = row.bytes("deltaSignature")
  }
}

extension Database {
  /// How many lists are remembered; only the newest is served.
  private static let rememberedLists: Int64 = 16

  /// The newest list of an issuer.
  func newestCRL(issuer: Int) throws -> CRLRow? {
    try CRLRow.fetchOne(
      cachedStatement(sql: "SELECT * FROM crl WHERE issuer = ? ORDER BY number DESC LIMIT 1"), arguments: [issuer])
  }

  func add(_ row: CRLRow) throws {
    try cachedStatement(
      sql: """
        INSERT INTO crl (issuer, number, thisUpdate, fullUntil, deltaUntil, base, baseLast, last, since, deltaURL,
          fullSignature, deltaSignature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      row.issuer, row.number, row.thisUpdate.seconds, row.fullUntil.seconds, row.deltaUntil.seconds, row.base,
      row.baseLast, row.last, row.since.seconds, row.deltaURL, Data(row.fullSignature), Data(row.deltaSignature),
    ])
    try cachedStatement(
      sql: """
        DELETE FROM crl WHERE issuer = ? AND number <
          (SELECT min(number) FROM (SELECT number FROM crl WHERE issuer = ? ORDER BY number DESC LIMIT ?))
        """
    ).execute(arguments: [row.issuer, row.issuer, Self.rememberedLists])
  }

  /// The next number of an issuer's lists.
  ///
  /// It is the time in milliseconds unless that was used: a database put back from a copy repeats no number either.
  func nextCRLNumber(issuer: Int, now: Date) throws -> Int64 {
    let known = try Int64.fetchOne(
      cachedStatement(sql: "SELECT max(number) FROM crl WHERE issuer = ?"), arguments: [issuer])
    return max((known ?? 0) + 1, Int64(now.timeIntervalSince1970 * 1_000))
  }
}
