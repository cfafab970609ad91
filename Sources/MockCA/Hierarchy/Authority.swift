import Crypto
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

  /// The same in DER.
  let issuingBytes: [[UInt8]]

  /// The keys of anchor and issuers, as requests' keys are told apart.
  private let ownKeys: Set<[UInt8]>

  /// - Throws: what SwiftASN1 throws for a certificate that cannot be encoded.
  init(
    anchor: Certificate, issuers: [IssuingAuthority], settings: CASettings, primary: IssuingAuthority
  ) throws {
    self.anchor = anchor
    self.issuers = issuers
    self.settings = settings
    self.primary = primary
    issuingBytes = try issuers.map { try $0.certificate.der }
    ownKeys = Set(
      ([anchor] + issuers.map(\.certificate)).compactMap { P256.Signing.PublicKey($0.publicKey)?.keyDigest })
  }

  /// Whether a request is for a key of the CA's own.
  func owns(_ request: CertificationRequest) -> Bool { ownKeys.contains(request.keyDigest) }
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
