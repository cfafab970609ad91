import Foundation
import GRDB
import PKI
import X509

extension Database {
  /// Gives certificates of versions before 3 their end, and those that were revoked, signed or not yet, their entries in a CRL.
  func fillStatus() throws {
    let rows = try Row.fetchAll(
      self, sql: "SELECT serial, der, revokedAt FROM certificate WHERE der IS NOT NULL OR revokedAt IS NOT NULL")
    for row in rows {
      let serial = row.bytes("serial")
      let end = try (row["der"] as Data?).map { try Certificate(der: Array($0)).notValidAfter }
      if let end {
        try execute(
          sql: "UPDATE certificate SET notAfter = ? WHERE serial = ?", arguments: [end.seconds, Data(serial)])
      }
      guard let at = row["revokedAt"] as Int64? else { continue }
      try addRevocation(
        Revocation(reason: .unspecified), serial: serial, issuer: 1, expires: end ?? .distantFuture,
        now: Date(timeIntervalSince1970: TimeInterval(at)))
    }
  }

  /// Links the audit rows of versions before 4, and makes known the registration authorities of then.
  func fillRecords() throws {
    try linkAudit()
    try execute(
      sql: """
        INSERT INTO authority (founder, enrolledAt)
        SELECT serial, coalesce(issuedAt, reservedAt) FROM certificate
        WHERE profile = ? AND authority = x'' AND der IS NOT NULL
        """, arguments: [CertificateProfile.registrationAuthority.name])
  }
}
