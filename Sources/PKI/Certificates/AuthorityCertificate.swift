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

  private static func make(
    name: DistinguishedName, publicKey: P256.Signing.PublicKey, issuer: Certificate?, key: SigningKey,
    notBefore: Date, lifetime: TimeInterval, constraints: BasicConstraints, pointers: IssuerPointers? = nil,
    serialNumber: Certificate.SerialNumber = .random()
  ) throws -> Certificate {
    let extensions = try Certificate.Extensions {
      Critical(constraints)
      Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      SubjectKeyIdentifier(sha256Of: publicKey)
      if let identifier = try issuer?.extensions.subjectKeyIdentifier {
        AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
      }
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
