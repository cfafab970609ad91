import Foundation
import PKI
import X509

/// The CA's certificates and the keys that issue.
struct Authority: Sendable {
  /// How far validity begins in the past, in seconds: clocks differ.
  static let backdating: TimeInterval = 300

  /// The self-signed root.
  let anchor: Certificate
  /// The CAs that issue, by number; never empty.
  let issuers: [IssuingAuthority]
  /// What is issued, and where its status is.
  let settings: CASettings

  /// Who signs what no profile gives to another.
  let primary: IssuingAuthority
  /// Its certificate.
  var issuing: Certificate { primary.certificate }
  /// Its key.
  var key: SigningKey { primary.key }

  /// The issuing CA of this number.
  func issuer(_ number: Int) -> IssuingAuthority? { issuers.first { $0.number == number } }

  /// Everything above a registration authority's or device's certificate but the anchor.
  var issuingCertificates: [Certificate] { issuers.map(\.certificate) }

  /// Whether this is a key of the CA's own.
  func owns(_ key: Certificate.PublicKey) -> Bool {
    key == anchor.publicKey || issuers.contains { $0.certificate.publicKey == key }
  }
}

/// One CA that issues. Its number is what certificates' pointers and the database know it by.
struct IssuingAuthority: Sendable {
  /// From 1 on; 0 is the anchor.
  let number: Int
  let certificate: Certificate
  let key: SigningKey
  /// Where its certificates say that CRL, OCSP responder and this certificate are.
  let pointers: IssuerPointers
}
