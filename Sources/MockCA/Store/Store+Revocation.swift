import Foundation
import GRDB
import PKI

extension Store {
  /// Revokes a certificate; a second time changes nothing.
  ///
  /// Of a registration authority all certificates are revoked: who held its key may have renewed it under a key of his own.
  ///
  /// - Returns: the serial numbers that are revoked by this, without those that were before.
  /// - Throws: ``MockCAError`` with code `unknownCertificate`.
  func revoke(serial: [UInt8], now: Date) async throws -> [[UInt8]] {
    try await log.write { database in
      guard let order = try database.order(serial: serial) else {
        throw MockCAError(
          .unknownCertificate, "No certificate has the serial number \(serial.hexadecimal).",
          remedy: "'muster ca audit' lists all that were issued.")
      }
      let revoked = try database.line(of: order).filter { $0.revokedAt == nil }.map(\.serial)
      for serial in revoked {
        try database.execute(
          sql: "UPDATE certificate SET revokedAt = ? WHERE serial = ?", arguments: [now.seconds, Data(serial)])
        try database.audit(.revoked, context: AuditContext(), serial: serial, now: now)
      }
      return revoked
    }
  }
}

extension Database {
  /// A certificate, or all certificates of a registration authority.
  fileprivate func line(of order: Order) throws -> [Order] {
    guard order.profile == CertificateProfile.registrationAuthority.name else { return [order] }
    return try Order.fetchAll(
      self, sql: "SELECT * FROM certificate WHERE profile = ? AND (serial = ? OR authority = ?) ORDER BY rowid",
      arguments: [order.profile, Data(order.founder), Data(order.founder)])
  }
}
