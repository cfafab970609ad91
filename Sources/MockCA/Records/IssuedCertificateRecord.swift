public import Foundation
import GRDB
public import PKI
import X509

/// A certificate as the CA has it on record.
public struct IssuedCertificateRecord: Sendable {
  /// In lower-case hexadecimal.
  public let serialNumber: String
  /// The profile's name, or `issuing-ca`.
  public let profile: String
  /// Who signed: the issuing CA's number, 0 for the anchor.
  public let issuer: Int
  /// The registration authority that ordered it, by the serial number that it enrolled with; nil when there was none.
  public let authority: String?
  /// The transaction of its order, in hexadecimal.
  public let transaction: String
  /// The subject, for people.
  public let subject: String
  /// Its validity.
  public let notBefore: Date
  public let notAfter: Date
  /// When it was signed.
  public let issuedAt: Date
  /// When it was revoked, if it was, and why.
  public let revokedAt: Date?
  public let reason: RevocationReason?
  /// What was said about the revocation.
  public let comment: String?
  /// The certificate in DER.
  public let der: [UInt8]

  /// What is true of a certificate at a moment.
  public enum State: String, Sendable, CaseIterable {
    case live, revoked, expired
  }

  /// Its state: one that was revoked stays so after its end.
  public func state(now: Date) -> State {
    revokedAt != nil ? .revoked : notAfter < now ? .expired : .live
  }
}

extension IssuedCertificateRecord: FetchableRecord {
  public init(row: Row) throws {
    func date(_ column: String) -> Date? {
      (row[column] as Int64?).map { Date(timeIntervalSince1970: TimeInterval($0)) }
    }
    der = row.bytes("der")
    let certificate = try Certificate(der: der)
    serialNumber = row.bytes("serial").hexadecimal
    profile = row["profile"]
    issuer = row["issuer"]
    let authority = row.bytes("authority").hexadecimal
    self.authority = authority.isEmpty ? nil : authority
    transaction = row.bytes("transaction").hexadecimal
    subject = String(describing: certificate.subject)
    (notBefore, notAfter) = (certificate.notValidBefore, certificate.notValidAfter)
    issuedAt = date("issuedAt") ?? notBefore
    revokedAt = date("revokedAt")
    reason = (row["reason"] as UInt8?).flatMap(RevocationReason.init)
    comment = row["comment"]
  }
}
