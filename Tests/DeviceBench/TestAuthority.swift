import Foundation
public import PKI
public import X509

/// An anchor and an issuing CA in memory, and the manager's EDHOC key of their network.
public struct TestAuthority: Sendable {
  public let anchor: Certificate
  public let issuing: Certificate
  public let managerKey = AgreementKey()
  private let key: SigningKey

  public init() throws {
    let anchorKey = SigningKey()
    key = SigningKey()
    let start = Date(timeIntervalSince1970: 1_750_000_000)
    anchor = try AuthorityCertificate.anchor(
      name: DistinguishedName { CommonName("Simulated root") }, key: anchorKey, notBefore: start, lifetime: 86_400 * 365
    )
    issuing = try AuthorityCertificate.issuing(
      name: DistinguishedName { CommonName("Simulated issuing CA") }, publicKey: key.publicKey, anchor: anchor,
      anchorKey: anchorKey, notBefore: start, lifetime: 86_400 * 365)
  }

  public func issue(_ request: CertificationRequest) throws -> Certificate {
    try CertificateTemplate(
      profile: .device, request: request, serialNumber: .random(), notBefore: issuing.notValidBefore,
      issuer: issuing, pointers: nil
    ).certificate(signedBy: key)
  }
}
