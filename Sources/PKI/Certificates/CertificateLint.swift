import Crypto
import SwiftASN1
import X509

/// What a certificate of our own making must not be, found before it is signed.
///
/// It reads the encoded certificate again instead of trusting the template: what counts is what others will read.
public enum CertificateLint {
  /// The rules that `certificate` breaks, one sentence each; empty is good.
  ///
  /// - Parameters:
  ///   - certificate: the certificate, whoever signed it.
  ///   - profile: what it was made for.
  ///   - issuer: whose it will be.
  ///   - pointers: the issuer's URLs, of which it names the profile's; nil when it has to name none.
  ///   - domain: what a sub-CA may certify; nil for what must be no CA.
  public static func findings(
    _ certificate: Certificate, profile: CertificateProfile, issuer: Certificate, pointers: IssuerPointers? = nil,
    domain: String? = nil
  ) throws -> [String] {
    let bytes = try certificate.derBytes()
    let read = try Certificate(derEncoded: bytes)
    let serial = read.serialNumber.bytes
    let extensions = read.extensions
    let constraints = extensions[oid: .X509ExtensionID.basicConstraints]
    let usage = extensions[oid: .X509ExtensionID.keyUsage]
    // The subjectPublicKey alone. Of all keys that X509 reads, P-256's only is a point of 65 bytes, and it has looked whether that
    // is on the curve.
    let key = read.publicKey.subjectPublicKeyInfoBytes
    let rules: [(Bool, String)] = [
      (bytes.count <= PKILimits.certificateBytes, "longer than \(PKILimits.certificateBytes) bytes"),
      (read.version == .v3, "not version 3"),
      (serial.count == 16 && (0x40...0x7F).contains(serial.first ?? 0), "the serial number is not 16 positive bytes"),
      (read.issuer == issuer.subject, "the issuer is another"),
      (!read.subject.isEmpty, "the subject is empty"),
      (read.notValidBefore < read.notValidAfter, "not valid for any time"),
      (read.notValidBefore >= issuer.notValidBefore, "valid before its issuer"),
      (read.notValidAfter <= issuer.notValidAfter, "valid after its issuer"),
      (key.count == 65 && key.first == 0x04, "the key is not P-256"),
      (key != issuer.publicKey.subjectPublicKeyInfoBytes, "the key is the issuer's"),
      (read.signatureAlgorithm == .ecdsaWithSHA256, "not signed with ECDSA and SHA-256"),
      (constraints?.critical == true, "basicConstraints are missing or not critical"),
      (
        try extensions.basicConstraints
          == (domain == nil ? .notCertificateAuthority : .isCertificateAuthority(maxPathLength: 0)),
        domain == nil ? "it is a CA" : "it is no CA, or one that may make others"
      ),
      (
        extensions[oid: OID.nameConstraints]?.critical == (domain == nil ? nil : true),
        "nameConstraints are missing, not critical, or out of place"
      ),
      (try namesAreConstrained(read, by: issuer), "a name is outside what the issuer may certify"),
      (usage?.critical == true, "keyUsage is missing or not critical"),
      (try extensions.keyUsage == profile.keyUsage, "keyUsage is not the profile's"),
      (try extensions.extendedKeyUsage.map(Array.init) == profile.usages, "extendedKeyUsage is not the profile's"),
      (try extensions.subjectKeyIdentifier != nil, "no subject key identifier"),
      (
        try extensions.authorityKeyIdentifier?.keyIdentifier == issuer.extensions.subjectKeyIdentifier?.keyIdentifier,
        "the authority key identifier is not the issuer's"
      ),
      (
        try extensions.subjectAlternativeNames?.count ?? 0 >= profile.leastNames, "too few alternative names"
      ),
    ]
    let others = try expected(profile, pointers?.limited(to: profile.pointers), domain).filter { oid, value in
      extensions[oid: oid].map { Array($0.value) } != value
    }
    return rules.filter { !$0.0 }.map(\.1) + others.map { "the extension \($0.0) is not the profile's" }
  }

  /// The extensions that follow from profile and issuer alone; nil for one that must not be there.
  private static func expected(
    _ profile: CertificateProfile, _ pointers: IssuerPointers?, _ domain: String?
  ) throws -> [(ASN1ObjectIdentifier, [UInt8]?)] {
    let policies = profile.policies.isEmpty ? nil : try Certificate.Extension(policies: profile.policies)
    let access = try pointers?.authorityInformationAccess().map { try Certificate.Extension($0, critical: false) }
    let names = try domain.map { try Certificate.Extension(NameConstraints(domain: $0), critical: true) }
    return [
      (OID.nameConstraints, names.map { Array($0.value) }),
      (OID.certificatePolicies, policies.map { Array($0.value) }),
      (OID.crlDistributionPoints, try pointers?.crlDistributionPoints().map { Array($0.value) }),
      (.X509ExtensionID.authorityInformationAccess, access.map { Array($0.value) }),
      (OID.ocspNoCheck, profile.isUnchecked ? Array(try Certificate.Extension.ocspNoCheck.value) : nil),
    ]
  }

  /// Under an issuer whose DNS names are constrained, a device has a name and all its names are in there. RFC 5280 would let one
  /// pass that has none; here it would escape what the issuer was delegated for.
  private static func namesAreConstrained(_ certificate: Certificate, by issuer: Certificate) throws -> Bool {
    guard let constraints = try issuer.extensions.nameConstraints else { return true }
    let names = try certificate.extensions.subjectAlternativeNames.map(Array.init) ?? []
    return !names.isEmpty
      && names.allSatisfy { name in
        guard case .dnsName(let text) = name else { return false }
        return text.isHostName(under: Array(constraints.permittedDNSDomains))
      }
  }
}
