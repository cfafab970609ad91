import Foundation
import GRDB
import PKI

/// Why a certificate is revoked.
struct Revocation: Sendable {
  var reason = RevocationReason.unspecified
  /// What is said about it, for people.
  var comment: String?
}

extension Database {
  /// Revokes a certificate; a second time changes nothing.
  ///
  /// Of a registration authority all certificates are revoked: who held its key may have renewed it under a key of his own.
  ///
  /// - Returns: the certificates that are revoked by this, without those that were before.
  func revoke(_ order: Order, _ revocation: Revocation, context: AuditContext, now: Date) throws -> [Order] {
    let revoked = try line(of: order).filter { $0.revokedAt == nil }
    for order in revoked {
      try cachedStatement(sql: "UPDATE certificate SET revokedAt = ? WHERE serial = ?").execute(
        arguments: [now.seconds, Data(order.serial)])
      // What was signed beforehand says 'good'. An issuing CA has none.
      if order.issuer > 0, order.certificate != nil { try awaitAnswer(serial: order.serial) }
      try addRevocation(
        revocation, serial: order.serial, issuer: order.issuer, expires: order.notAfter ?? .distantFuture, now: now)
      if !order.authority.isEmpty, order.profile != CertificateProfile.registrationAuthority.name {
        try meter(order.authority, .revoked, UsageDay(now))
      }
      try audit(.revoked, reason: revocation.reason.name, context: context, serial: order.serial, now: now)
    }
    return revoked
  }

  func addRevocation(
    _ revocation: Revocation, serial: [UInt8], issuer: Int, expires: Date, now: Date
  ) throws {
    let entry = try CRLEntry.encode(serialNumber: serial, date: now, reason: revocation.reason)
    try cachedStatement(
      sql: "INSERT INTO revocation (issuer, serial, at, reason, comment, expires, entry) VALUES (?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      issuer, Data(serial), now.seconds, revocation.reason.rawValue, revocation.comment, expires.seconds, Data(entry),
    ])
  }

  /// A certificate, or all certificates of a registration authority.
  private func line(of order: Order) throws -> [Order] {
    guard order.profile == CertificateProfile.registrationAuthority.name else { return [order] }
    return try Order.fetchAll(
      self, sql: "SELECT * FROM certificate WHERE profile = ? AND (serial = ? OR authority = ?) ORDER BY rowid",
      arguments: [order.profile, Data(order.founder), Data(order.founder)])
  }
}
