import Foundation
import GRDB

/// One row of issuance: a serial number and how far its certificate has come.
struct Order: Sendable {
  /// The serial number, recorded before anything was made with it.
  let serial: [UInt8]
  /// The profile's name.
  let profile: String
  /// Who signs: the issuing CA's number, 0 for the anchor.
  let issuer: Int
  /// Who ordered: a registration authority's serial number, or empty.
  let authority: [UInt8]
  /// The order's identity with that authority.
  let transaction: [UInt8]
  /// The PKCS#10.
  let request: [UInt8]
  /// SHA-256 of it.
  let requestDigest: [UInt8]
  /// The subject, in DER.
  let subject: [UInt8]
  /// The beginning of validity, fixed with the serial number so that every attempt makes the same certificate.
  let notBefore: Date
  /// The TBSCertificate that was checked, once it was.
  let tbs: [UInt8]?
  /// The certificate, once it was signed.
  let certificate: [UInt8]?
  /// The end of validity, once it was signed.
  let notAfter: Date?
  /// When it was revoked, if it was.
  let revokedAt: Date?
}

extension Order: FetchableRecord {
  init(row: Row) {
    serial = row.bytes("serial")
    profile = row["profile"]
    issuer = row["issuer"]
    authority = row.bytes("authority")
    transaction = row.bytes("transaction")
    request = row.bytes("request")
    requestDigest = row.bytes("requestDigest")
    subject = row.bytes("subject")
    notBefore = Date(timeIntervalSince1970: TimeInterval(row["notBefore"] as Int64))
    tbs = (row["tbs"] as Data?).map(Array.init)
    certificate = (row["der"] as Data?).map(Array.init)
    notAfter = (row["notAfter"] as Int64?).map { Date(timeIntervalSince1970: TimeInterval($0)) }
    revokedAt = (row["revokedAt"] as Int64?).map { Date(timeIntervalSince1970: TimeInterval($0)) }
  }
}

extension Row {
  /// A blob as an array of bytes.
  func bytes(_ column: String) -> [UInt8] { Array(self[column] as Data) }
}
