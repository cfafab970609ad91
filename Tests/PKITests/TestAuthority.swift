import Foundation
import PKI
import X509

/// A fixed moment: tests that need a date use this one.
let noon = Date(timeIntervalSince1970: 1_767_268_800)

/// A small PKI made for one test: anchor, issuing CA, a registration authority and a responder.
struct TestAuthority {
  let anchorKey = SigningKey()
  let issuingKey = SigningKey()
  let authorityKey = SigningKey()
  let responderKey = SigningKey()
  let anchor: Certificate
  let issuing: Certificate
  let authority: Certificate
  let responder: Certificate

  init(now: Date = noon) throws {
    anchor = try AuthorityCertificate.anchor(
      name: DistinguishedName { CommonName("Test root") }, key: anchorKey, notBefore: now - 60, lifetime: 86_400)
    issuing = try AuthorityCertificate.issuing(
      name: DistinguishedName { CommonName("Test issuing") }, publicKey: issuingKey.publicKey, anchor: anchor,
      anchorKey: anchorKey, notBefore: now - 60, lifetime: 86_400)
    authority = try Self.leaf(
      .registrationAuthority, Subject(commonName: "ra"), key: authorityKey, issuer: issuing, issuerKey: issuingKey,
      now: now)
    responder = try Self.leaf(
      .responder, Subject(commonName: "responder"), key: responderKey, issuer: issuing, issuerKey: issuingKey,
      now: now)
  }

  /// A device's certificate for the request.
  func issue(_ request: CertificationRequest, profile: CertificateProfile = .device, now: Date = noon) throws
    -> Certificate
  {
    try CertificateTemplate(
      profile: profile, request: request, serialNumber: .random(), notBefore: now, issuer: issuing,
      pointers: IssuerPointers(crl: "http://ca.test/crl", issuer: "http://ca.test/ca")
    ).certificate(signedBy: issuingKey)
  }

  private static func leaf(
    _ profile: CertificateProfile, _ subject: Subject, key: SigningKey, issuer: Certificate, issuerKey: SigningKey,
    now: Date
  ) throws -> Certificate {
    try CertificateTemplate(
      profile: profile, request: CertificationRequest(subject: subject, key: key), serialNumber: .random(),
      notBefore: now, issuer: issuer, pointers: nil
    ).certificate(signedBy: issuerKey)
  }
}

/// A device's request as the devices of this system make it.
func deviceRequest(key: SigningKey = SigningKey(), serial: String = "SN-1") throws -> CertificationRequest {
  try CertificationRequest(
    subject: Subject(organization: "plant", serialNumber: serial, commonName: serial),
    dnsNames: ["sn-1.plant.test"], key: key)
}
