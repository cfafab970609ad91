public import Crypto
public import Foundation
public import X509

/// Certificates of certification authorities: what signs, as opposed to what ``CertificateTemplate`` makes.
public enum AuthorityCertificate {
  /// A self-signed anchor.
  ///
  /// - Parameters:
  ///   - name: its subject and issuer.
  ///   - key: its key.
  ///   - notBefore: first second of validity.
  ///   - lifetime: validity in seconds.
  public static func anchor(
    name: DistinguishedName, key: SigningKey, notBefore: Date, lifetime: TimeInterval
  ) throws -> Certificate {
    try make(
      name: name, publicKey: key.publicKey, issuer: nil, key: key, notBefore: notBefore, lifetime: lifetime,
      constraints: .isCertificateAuthority(maxPathLength: nil))
  }

  /// An issuing CA under an anchor; it may not make further CAs.
  ///
  /// - Parameters:
  ///   - name: its subject.
  ///   - publicKey: its key.
  ///   - anchor: who signs.
  ///   - anchorKey: the anchor's key.
  ///   - notBefore: first second of validity.
  ///   - lifetime: validity in seconds; it ends with the anchor's at the latest.
  ///   - pointers: where the anchor's CRL is; nil for nowhere.
  ///   - serialNumber: its serial number.
  public static func issuing(
    name: DistinguishedName, publicKey: P256.Signing.PublicKey, anchor: Certificate, anchorKey: SigningKey,
    notBefore: Date, lifetime: TimeInterval, pointers: IssuerPointers? = nil,
    serialNumber: Certificate.SerialNumber = .random()
  ) throws -> Certificate {
    try make(
      name: name, publicKey: publicKey, issuer: anchor, key: anchorKey, notBefore: notBefore, lifetime: lifetime,
      constraints: .isCertificateAuthority(maxPathLength: 0), pointers: pointers, serialNumber: serialNumber)
  }

  /// A sub-CA under an anchor, delegated to one network's manager: it certifies devices in one domain, and nothing else.
  ///
  /// pathLenConstraint 0 keeps it from making further CAs, nameConstraints keep its names in the domain, and extendedKeyUsage
  /// keeps it to ``CertificateProfile/delegatedAuthority``'s purposes: without that it could make itself a signer of the CA's
  /// answers under the same anchor. The same arguments give the same TBSCertificate, whoever signs.
  ///
  /// - Parameters:
  ///   - name: its subject.
  ///   - publicKey: its key.
  ///   - domain: where the names of its devices have to be: a DNS domain in lower case.
  ///   - anchor: who signs.
  ///   - anchorKey: the anchor's key or, to look at the certificate first, any other.
  ///   - notBefore: first second of validity.
  ///   - lifetime: validity in seconds; it ends with the anchor's at the latest.
  ///   - pointers: where the anchor's CRL is.
  ///   - serialNumber: a fresh one.
  public static func delegated(
    name: DistinguishedName, publicKey: P256.Signing.PublicKey, domain: String, anchor: Certificate,
    anchorKey: SigningKey, notBefore: Date, lifetime: TimeInterval, pointers: IssuerPointers?,
    serialNumber: Certificate.SerialNumber
  ) throws -> Certificate {
    try make(
      name: name, publicKey: publicKey, issuer: anchor, key: anchorKey, notBefore: notBefore, lifetime: lifetime,
      constraints: .isCertificateAuthority(maxPathLength: 0), pointers: pointers, serialNumber: serialNumber,
      names: NameConstraints(domain: domain), usages: CertificateProfile.delegatedAuthority.usages)
  }

  private static func make(
    name: DistinguishedName, publicKey: P256.Signing.PublicKey, issuer: Certificate?, key: SigningKey,
    notBefore: Date, lifetime: TimeInterval, constraints: BasicConstraints, pointers: IssuerPointers? = nil,
    serialNumber: Certificate.SerialNumber = .random(), names: NameConstraints? = nil,
    usages: [ExtendedKeyUsage.Usage] = []
  ) throws -> Certificate {
    let extensions = try Certificate.Extensions {
      Critical(constraints)
      Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      SubjectKeyIdentifier(sha256Of: publicKey)
      if let identifier = try issuer?.extensions.subjectKeyIdentifier {
        AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
      }
      if let names { Critical(names) }
      if !usages.isEmpty { try ExtendedKeyUsage(usages) }
      if let points = try pointers?.crlDistributionPoints() { points }
      if let access = pointers?.authorityInformationAccess() { access }
    }
    // X.509 counts whole seconds.
    let start = Date(timeIntervalSince1970: notBefore.timeIntervalSince1970.rounded(.down))
    return try Certificate(
      version: .v3, serialNumber: serialNumber, publicKey: .init(publicKey), notValidBefore: start,
      notValidAfter: min(start + lifetime, issuer?.notValidAfter ?? .distantFuture), issuer: issuer?.subject ?? name,
      subject: name, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
      issuerPrivateKey: key.certificateKey)
  }
}
