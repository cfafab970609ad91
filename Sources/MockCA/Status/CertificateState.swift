import Foundation
import GRDB
import PKI

/// What the database knows of a certificate's status, with the OCSP answer that was signed beforehand.
struct CertificateState: Sendable {
  /// An answer that was signed beforehand.
  struct Prepared: Sendable {
    let responder: Int64
    let thisUpdate: Date
    let signature: [UInt8]
  }

  let status: OCSPStatus
  let prepared: Prepared?
}

extension CertificateState: FetchableRecord {
  init(row: Row) {
    status = OCSPStatus(revokedAt: row["revokedAt"], reason: row["reason"])
    prepared = (row["responder"] as Int64?).map { responder in
      Prepared(
        responder: responder, thisUpdate: Date(timeIntervalSince1970: TimeInterval(row["thisUpdate"] as Int64)),
        signature: row.bytes("signature"))
    }
  }
}

extension OCSPStatus {
  /// The status by the columns of an issued certificate and its revocation.
  init(revokedAt: Int64?, reason: UInt8?) {
    guard let revokedAt else {
      self = .good
      return
    }
    self = .revoked(
      Date(timeIntervalSince1970: TimeInterval(revokedAt)),
      reason.flatMap(RevocationReason.init) ?? .unspecified)
  }
}

extension Database {
  /// The state of an issuer's certificate; nil when none was issued with this serial number.
  ///
  /// It counts as issued from when it was going to be signed: who has the certificate may have it from a CA that was
  /// killed before it could record it.
  func state(serial: [UInt8], issuer: Int) throws -> CertificateState? {
    try CertificateState.fetchOne(
      cachedStatement(
        sql: """
          SELECT certificate.revokedAt, revocation.reason, responder, thisUpdate, signature FROM certificate
          LEFT JOIN revocation ON revocation.serial = certificate.serial
          LEFT JOIN answer ON answer.serial = certificate.serial
          WHERE certificate.serial = ? AND certificate.issuer = ? AND tbs IS NOT NULL
          """), arguments: [Data(serial), issuer])
  }
}
