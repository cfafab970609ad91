import Crypto
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

extension Database {
  /// Records an issuing CA's certificate, so that it is found, shown and revoked like any other.
  func addAuthority(_ certificate: Certificate, issuedAt: Date) throws {
    let key = certificate.publicKey.subjectPublicKeyInfoBytes
    try execute(
      sql: """
        INSERT INTO certificate (serial, profile, authority, "transaction", request, requestDigest, keyDigest, subject,
          notBefore, reservedAt, tbs, der, issuedAt, issuer, notAfter)
        VALUES (?, ?, x'', ?, x'', x'', ?, ?, ?, ?, ?, ?, ?, 0, ?)
        """,
      arguments: [
        Data(certificate.serialNumber.bytes), Order.issuingProfile, Data(TransactionID.random().bytes),
        Data(P256.Signing.PublicKey(certificate.publicKey)?.keyDigest ?? Array(key).sha256),
        Data(try Subject(certificate.subject).derBytes), certificate.notValidBefore.seconds, issuedAt.seconds,
        Data(certificate.tbsCertificateBytes), Data(try certificate.der), issuedAt.seconds,
        certificate.notValidAfter.seconds,
      ])
  }
}

extension Order {
  /// What stands as profile with an issuing CA's certificate.
  static let issuingProfile = "issuing-ca"
}
