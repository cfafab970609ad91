import Crypto
import Foundation
import GRDB
import PKI
import Synchronization
import X509

/// A registration authority of the key store.
struct KnownAuthority: Sendable {
  let signer: CMCSigner
  var certificate: Certificate { signer.certificate }
  /// The serial number of the certificate that it enrolled with: its orders and nonces are its own across renewals.
  let founder: [UInt8]
  let revokedAt: Date?
}

/// Registration authorities that were read before: their certificates never change once they are there.
///
/// Whether one is revoked can change. So who is known is only not looked up for its certificate; every transaction asks whether it
/// still stands, see ``Database/requireStanding(_:)``.
final class KnownAuthorities: Sendable {
  /// More than a CA for tests will have; then it begins anew.
  private static let most = 1_000

  private let known = Mutex<[[UInt8]: KnownAuthority]>([:])

  subscript(serial: [UInt8]) -> KnownAuthority? { known.withLock { $0[serial] } }

  func add(_ authority: KnownAuthority, serial: [UInt8]) {
    known.withLock { known in
      if known.count >= Self.most { known = [:] }
      known[serial] = authority
    }
  }
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
    let authority = KnownAuthority(
      signer: try CMCSigner(Certificate(der: der)), founder: order.founder, revokedAt: order.revokedAt)
    if authority.revokedAt == nil { known.add(authority, serial: serial) }
    return authority
  }
}

extension Database {
  /// Records an issuing CA: its number, which is its own for ever, and its certificate, so that it is found, shown and revoked
  /// like any other. One that is known already stays as it is.
  func addAuthority(_ certificate: Certificate, number: Int, issuedAt: Date) throws {
    try execute(
      sql: "INSERT OR IGNORE INTO issuer (number, serial) VALUES (?, ?)",
      arguments: [number, Data(certificate.serialNumber.bytes)])
    let key = certificate.publicKey.subjectPublicKeyInfoBytes
    try execute(
      sql: """
        INSERT OR IGNORE INTO certificate (serial, profile, authority, "transaction", request, requestDigest, keyDigest,
          subject, notBefore, reservedAt, tbs, der, issuedAt, issuer, notAfter)
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

  /// The numbers of all issuing CAs that are on record.
  func knownIssuers() throws -> Set<Int> { try Int.fetchSet(self, sql: "SELECT number FROM issuer") }

  /// The largest number that an issuing CA ever had, as far as anything here remembers one; 0 for none.
  func lastIssuer() throws -> Int {
    try Int.fetchOne(
      self,
      sql: """
        SELECT max(number) FROM (SELECT number FROM issuer UNION ALL SELECT issuer FROM certificate
          UNION ALL SELECT issuer FROM crl)
        """) ?? 0
  }

  /// When an issuing CA's own certificate was revoked; nil when it was not.
  func revocation(ofIssuer number: Int) throws -> Date? {
    try Int64.fetchOne(
      cachedStatement(
        sql: "SELECT revokedAt FROM issuer JOIN certificate ON certificate.serial = issuer.serial WHERE number = ?"),
      arguments: [number]
    ).map { Date(timeIntervalSince1970: TimeInterval($0)) }
  }
}

extension Order {
  /// What stands as profile with an issuing CA's certificate.
  static let issuingProfile = "issuing-ca"
}
