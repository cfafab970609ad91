import Foundation
import GRDB
import PKI
import X509

/// A registration authority of the key store.
struct KnownAuthority: Sendable {
  let certificate: Certificate
  let revokedAt: Date?
}

extension Store {
  /// The registration authority with this serial number, if this CA made it one.
  func authority(serial: [UInt8]) async throws -> KnownAuthority? {
    let order = try await reader.read { database in
      try Order.fetchOne(
        database.cachedStatement(sql: "SELECT * FROM certificate WHERE serial = ? AND profile = ? AND der IS NOT NULL"),
        arguments: [Data(serial), CertificateProfile.registrationAuthority.name])
    }
    guard let order, let der = order.certificate else { return nil }
    return KnownAuthority(certificate: try Certificate(der: der), revokedAt: order.revokedAt)
  }

  /// Revokes a certificate; a second time changes nothing.
  ///
  /// - Throws: ``MockCAError`` with code `unknownCertificate`.
  func revoke(serialNumber: String, now: Date) async throws {
    try await log.write { database in
      try database.execute(
        sql: "UPDATE certificate SET revokedAt = coalesce(revokedAt, ?) WHERE lower(hex(serial)) = ?",
        arguments: [now.seconds, serialNumber.lowercased()])
      guard database.changesCount == 1 else {
        throw MockCAError(.unknownCertificate, "No certificate has the serial number \(serialNumber).")
      }
      try database.audit(
        .revoked, context: AuditContext(), serialText: serialNumber.lowercased(), now: now)
    }
  }
}
