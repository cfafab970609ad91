import Foundation
import GRDB

/// The entries of one issuer's full CRL, encoded and joined, up to some revocation: 45 to 60 bytes each.
///
/// Entries are only ever added behind, so that a list of 100,000 grows by one without being read or encoded again. Only
/// when certificates that have ended are to be left out is it read anew.
struct RevokedEntries: Sendable {
  /// Certificates that ended before this are left out.
  var since = Date.distantPast
  /// The last revocation inside.
  var last: Int64 = 0
  var bytes: [UInt8] = []

  /// Reads what is missing up to a revocation.
  ///
  /// - Parameters:
  ///   - limit: the last revocation to be inside; nil for all there are.
  ///   - since: certificates that ended before this are left out.
  mutating func advance(to limit: Int64?, since: Date, issuer: Int, in database: Database) throws {
    if since != self.since || last > limit ?? .max { self = RevokedEntries(since: since) }
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT id, entry FROM revocation WHERE issuer = ? AND id > ? AND id <= ? AND expires >= ? ORDER BY id"),
      arguments: [issuer, last, limit ?? .max, since == .distantPast ? 0 : since.seconds])
    while let row = try rows.next() {
      last = row["id"]
      bytes += row["entry"] as Data
    }
  }
}

extension Database {
  /// The entries of a delta CRL: all behind a revocation.
  func revokedEntries(issuer: Int, after base: Int64, to limit: Int64) throws -> [UInt8] {
    let rows = try Row.fetchCursor(
      cachedStatement(sql: "SELECT entry FROM revocation WHERE issuer = ? AND id > ? AND id <= ? ORDER BY id"),
      arguments: [issuer, base, limit])
    var bytes: [UInt8] = []
    while let row = try rows.next() { bytes += row["entry"] as Data }
    return bytes
  }
}
