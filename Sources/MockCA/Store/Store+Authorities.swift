import Foundation
import GRDB
import PKI
import X509

/// A registration authority of the key store.
struct KnownAuthority: Sendable {
  let certificate: Certificate
  /// The serial number of the certificate that it enrolled with: its orders and nonces are its own across renewals.
  let founder: [UInt8]
  let revokedAt: Date?
}

extension Order {
  /// Of a registration authority's certificate: the one that began its line. What renewed it was ordered by the authority itself.
  var founder: [UInt8] { authority.isEmpty ? serial : authority }
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
    return KnownAuthority(certificate: try Certificate(der: der), founder: order.founder, revokedAt: order.revokedAt)
  }
}
