import Foundation
import PKI
import X509

/// A network's certification authority, in memory.
struct Authority: Sendable {
  static let start = Date(timeIntervalSince1970: 1_750_000_000)

  let anchor: Certificate
  let issuing: Certificate
  private let key = SigningKey()

  init(name: String = "Attacked") throws {
    let anchorKey = SigningKey()
    anchor = try AuthorityCertificate.anchor(
      name: DistinguishedName { CommonName("\(name) root") }, key: anchorKey, notBefore: Self.start,
      lifetime: 86_400 * 365)
    issuing = try AuthorityCertificate.issuing(
      name: DistinguishedName { CommonName("\(name) CA") }, publicKey: key.publicKey, anchor: anchor,
      anchorKey: anchorKey, notBefore: Self.start, lifetime: 86_400 * 365)
  }

  func issue(_ request: CertificationRequest) throws -> Certificate {
    try CertificateTemplate(
      profile: .device, request: request, serialNumber: .random(), notBefore: issuing.notValidBefore, issuer: issuing,
      pointers: nil
    ).certificate(signedBy: key)
  }
}
