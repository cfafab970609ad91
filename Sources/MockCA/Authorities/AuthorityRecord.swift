public import Foundation
import GRDB
import PKI
import X509

/// A registration authority as the CA knows it.
public struct AuthorityRecord: Sendable {
  /// The serial number of the certificate that it enrolled with, in lower-case hexadecimal: its name here for good.
  public let serialNumber: String
  /// Its subject, for people.
  public let subject: String
  /// When it enrolled.
  public let enrolledAt: Date
  /// When its newest certificate ends.
  public let notAfter: Date
  /// When it was suspended, if it is.
  public let suspendedAt: Date?
  /// When it was revoked, if it was.
  public let revokedAt: Date?
  /// What it may order.
  public let limits: AuthorityLimits
  /// How many of its certificates were issued and are not revoked, its own not counted.
  public let certificates: Int
  /// How many orders it made today.
  public let orderedToday: Int

  /// `active`, `suspended`, `revoked` or `expired`.
  public func state(now: Date) -> String {
    revokedAt != nil ? "revoked" : notAfter < now ? "expired" : suspendedAt != nil ? "suspended" : "active"
  }
}

extension AuthorityRecord: FetchableRecord {
  public init(row: Row) throws {
    func date(_ column: String) -> Date? {
      (row[column] as Int64?).map { Date(timeIntervalSince1970: TimeInterval($0)) }
    }
    serialNumber = row.bytes("founder").hexadecimal
    subject = String(describing: try Certificate(der: row.bytes("der")).subject)
    enrolledAt = date("enrolledAt") ?? .distantPast
    notAfter = date("newestEnd") ?? .distantPast
    suspendedAt = date("suspendedAt")
    revokedAt = date("revokedAt")
    let text = row["limits"] as String?
    limits = try text.map { try JSONDecoder().decode(AuthorityLimits.self, from: Data($0.utf8)) } ?? .init()
    certificates = row["certificates"]
    orderedToday = row["orderedToday"]
  }
}

extension Store {
  /// All registration authorities, oldest first.
  func authorities(now: Date) async throws -> [AuthorityRecord] {
    try await reader.read { database in
      try AuthorityRecord.fetchAll(
        database,
        sql: """
          SELECT authority.*, own.der, own.revokedAt,
            (SELECT max(notAfter) FROM certificate WHERE serial = founder OR (authority = founder AND profile = ?))
              AS newestEnd,
            (SELECT count(*) FROM certificate
              WHERE authority = founder AND profile <> ? AND der IS NOT NULL AND revokedAt IS NULL) AS certificates,
            coalesce((SELECT ordered FROM usage WHERE usage.founder = authority.founder AND day = ?), 0) AS orderedToday
          FROM authority JOIN certificate AS own ON own.serial = founder
          WHERE own.der IS NOT NULL ORDER BY own.rowid
          """,
        arguments: [
          CertificateProfile.registrationAuthority.name, CertificateProfile.registrationAuthority.name,
          UsageDay(now).number,
        ])
    }
  }

  /// Suspends an authority, or lets it go on.
  ///
  /// - Parameter serial: of any of its certificates.
  /// - Returns: whether that changed anything.
  func setSuspended(_ isSuspended: Bool, serial: [UInt8], now: Date) async throws -> Bool {
    try await log.write { database in
      let founder = try database.founder(serial: serial)
      try database.execute(
        sql: "UPDATE authority SET suspendedAt = ? WHERE founder = ? AND (suspendedAt IS NULL) = ?",
        arguments: [isSuspended ? now.seconds : nil, Data(founder), isSuspended])
      guard database.changesCount == 1 else { return false }
      try database.audit(
        isSuspended ? .suspended : .resumed, context: AuditContext(authority: founder), now: now)
      return true
    }
  }

  /// Changes what an authority may order from now on.
  func setLimits(_ limits: AuthorityLimits, serial: [UInt8], now: Date) async throws {
    let text = try limits.text
    try await log.write { database in
      let founder = try database.founder(serial: serial)
      try database.execute(
        sql: "UPDATE authority SET limits = ? WHERE founder = ?", arguments: [text, Data(founder)])
      try database.audit(.limited, reason: text, context: AuditContext(authority: founder), now: now)
    }
  }
}

extension Database {
  /// The serial number that an authority enrolled with, by that of any of its certificates.
  fileprivate func founder(serial: [UInt8]) throws -> [UInt8] {
    guard let order = try order(serial: serial), order.profile == CertificateProfile.registrationAuthority.name else {
      throw MockCAError(
        .unknownCertificate, "No registration authority has the serial number \(serial.hexadecimal).",
        remedy: "'muster ca authority list' lists them.")
    }
    return order.founder
  }
}
