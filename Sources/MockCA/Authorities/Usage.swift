public import Foundation
import GRDB
import PKI
import X509

/// A day of UTC, by which orders are limited and certificates are metered.
struct UsageDay: Sendable, Equatable {
  /// Since 1970-01-01.
  let number: Int64

  init(_ date: Date) { number = Int64((date.timeIntervalSince1970 / 86_400).rounded(.down)) }
}

/// What is counted of a registration authority.
enum UsageKind: String {
  /// Serial numbers given to its orders.
  case ordered
  /// Certificates for a subject that had none of this profile before.
  case issued
  /// Certificates for a subject that had one.
  case renewed
  /// Certificates that were revoked.
  case revoked
}

extension Database {
  /// Counts one more.
  func meter(_ founder: [UInt8], _ kind: UsageKind, _ day: UsageDay) throws {
    let sql =
      switch kind {
      case .ordered:
        """
        INSERT INTO usage (founder, day, ordered) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET ordered = ordered + 1
        """
      case .issued:
        """
        INSERT INTO usage (founder, day, issued) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET issued = issued + 1
        """
      case .renewed:
        """
        INSERT INTO usage (founder, day, renewed) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET renewed = renewed + 1
        """
      case .revoked:
        """
        INSERT INTO usage (founder, day, revoked) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET revoked = revoked + 1
        """
      }
    try cachedStatement(sql: sql).execute(arguments: [Data(founder), day.number])
  }

  /// Counts a certificate that was signed: the first for its subject, or one more.
  func meterIssued(_ order: Order, now: Date) throws {
    guard !order.authority.isEmpty, order.profile != CertificateProfile.registrationAuthority.name else { return }
    let hasOther = try Bool.fetchOne(
      cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM certificate WHERE subject = ? AND profile = ? AND authority = ? AND serial <> ?
            AND der IS NOT NULL)
          """),
      arguments: [Data(order.subject), order.profile, Data(order.authority), Data(order.serial)])
    try meter(order.authority, hasOther == true ? .renewed : .issued, UsageDay(now))
  }
}

/// What one registration authority used in one month: what a subscription is charged by.
public struct UsageReport: Sendable, Equatable {
  /// The authority, by the serial number that it enrolled with.
  public let authority: String
  /// Its subject, for people.
  public let subject: String
  /// Certificates for subjects that had none of this profile before.
  public let issued: Int
  /// Certificates for subjects that had one.
  public let renewed: Int
  /// Certificates that were revoked.
  public let revoked: Int
}

extension Store {
  /// What every authority used in a month of UTC, also those that used nothing.
  func usage(year: Int, month: Int) async throws -> [UsageReport] {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    guard (1...12).contains(month), (1970...9998).contains(year),
      let first = calendar.date(from: DateComponents(year: year, month: month, day: 1)),
      let next = calendar.date(byAdding: .month, value: 1, to: first)
    else { throw MockCAError(.argument, "A month is written YYYY-MM.") }
    return try await reader.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT authority.founder, der, coalesce(sum(issued), 0) AS issued, coalesce(sum(renewed), 0) AS renewed,
            coalesce(sum(revoked), 0) AS revoked
          FROM authority JOIN certificate ON certificate.serial = authority.founder
          LEFT JOIN usage ON usage.founder = authority.founder AND day >= ? AND day < ?
          WHERE der IS NOT NULL GROUP BY authority.founder ORDER BY certificate.rowid
          """, arguments: [UsageDay(first).number, UsageDay(next).number])
      return try rows.map { row in
        UsageReport(
          authority: row.bytes("founder").hexadecimal,
          subject: String(describing: try Certificate(der: row.bytes("der")).subject), issued: row["issued"],
          renewed: row["renewed"], revoked: row["revoked"])
      }
    }
  }
}
