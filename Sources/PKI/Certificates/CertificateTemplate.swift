import Crypto
public import Foundation
import SwiftASN1
public import X509

/// Everything an end-entity certificate will say, before anyone has signed it.
///
/// The same template gives the same TBSCertificate each time, whoever signs: that is how a certificate can be checked with a
/// throw-away key first, and signed again after a crash without becoming another one.
public struct CertificateTemplate: Sendable {
  /// What kind of certificate.
  public let profile: CertificateProfile
  /// Its serial number.
  public let serialNumber: Certificate.SerialNumber
  /// First second of validity.
  public let notBefore: Date
  /// Last second of validity.
  public let notAfter: Date

  let issuer: Certificate
  let pointers: IssuerPointers?
  let publicKey: P256.Signing.PublicKey
  let subject: DistinguishedName
  let names: [GeneralName]

  /// A template for what a request asks for.
  ///
  /// - Parameters:
  ///   - profile: what kind of certificate.
  ///   - request: names and key; ``CertificateProfile/check(_:)`` must have passed it.
  ///   - serialNumber: a fresh one.
  ///   - notBefore: first second of validity; the profile's lifetime is counted from it, but ends with the issuer's.
  ///   - issuer: the issuing CA's certificate.
  ///   - pointers: where CRL, OCSP responder and issuer are; the certificate names those of the profile. nil for none.
  public init(
    profile: CertificateProfile, request: CertificationRequest, serialNumber: Certificate.SerialNumber,
    notBefore: Date, issuer: Certificate, pointers: IssuerPointers?
  ) {
    self.profile = profile
    self.serialNumber = serialNumber
    // X.509 counts whole seconds.
    self.notBefore = Date(timeIntervalSince1970: notBefore.timeIntervalSince1970.rounded(.down))
    self.notAfter = min(self.notBefore + profile.lifetime, issuer.notValidAfter)
    self.issuer = issuer
    self.pointers = pointers?.limited(to: profile.pointers)
    publicKey = request.publicKey
    subject = request.subject.name
    names =
      request.dnsNames.map { .dnsName($0) }
      + request.ipAddresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
  }

  /// The certificate, signed with the issuer's key or, to look at it first, with any other.
  public func certificate(signedBy key: SigningKey) throws -> Certificate {
    try Certificate(
      version: .v3, serialNumber: serialNumber, publicKey: .init(publicKey), notValidBefore: notBefore,
      notValidAfter: notAfter, issuer: issuer.subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try extensions(), issuerPrivateKey: key.certificateKey)
  }

  private func extensions() throws -> Certificate.Extensions {
    try Certificate.Extensions {
      Critical(BasicConstraints.notCertificateAuthority)
      Critical(profile.keyUsage)
      try ExtendedKeyUsage(profile.usages)
      SubjectKeyIdentifier(sha256Of: publicKey)
      AuthorityKeyIdentifier(keyIdentifier: try issuer.extensions.subjectKeyIdentifier?.keyIdentifier)
      if !names.isEmpty { SubjectAlternativeNames(names) }
      if !profile.policies.isEmpty { try Certificate.Extension(policies: profile.policies) }
      if let points = try pointers?.crlDistributionPoints() { points }
      if let access = pointers?.authorityInformationAccess() { access }
      if profile.isUnchecked { try Certificate.Extension.ocspNoCheck }
    }
  }
}
