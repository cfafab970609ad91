import SwiftASN1
import X509

/// Where the certificates of an issuer say its CRL, its OCSP responder and its own certificate are. Short, since each
/// certificate has them.
public struct IssuerPointers: Sendable, Equatable {
  /// The CRL's URL.
  public let crl: String?
  /// The URL of the issuer's certificate.
  public let issuer: String?
  /// The OCSP responder's URL.
  public let ocsp: String?

  /// The URLs; nil for what is not to be named.
  public init(crl: String?, issuer: String?, ocsp: String? = nil) {
    self.crl = crl
    self.issuer = issuer
    self.ocsp = ocsp
  }

  /// Those that a profile's certificates name.
  func limited(to pointers: Set<CertificateProfile.Pointer>) -> IssuerPointers {
    IssuerPointers(
      crl: pointers.contains(.crl) ? crl : nil, issuer: pointers.contains(.issuer) ? issuer : nil,
      ocsp: pointers.contains(.ocsp) ? ocsp : nil)
  }

  /// CRLDistributionPoints with one full name (RFC 5280 §4.2.1.13), if there is one.
  func crlDistributionPoints() throws -> Certificate.Extension? {
    guard let crl else { return nil }
    let value = try derBytes { try Self.points(crl, into: &$0) }
    return Certificate.Extension(oid: OID.crlDistributionPoints, critical: false, value: value[...])
  }

  /// AuthorityInformationAccess with OCSP and caIssuers (RFC 5280 §4.2.2.1), if there is either.
  func authorityInformationAccess() -> AuthorityInformationAccess? {
    guard ocsp != nil || issuer != nil else { return nil }
    var access = AuthorityInformationAccess()
    if let ocsp { access.append(.init(method: .ocspServer, location: .uniformResourceIdentifier(ocsp))) }
    if let issuer { access.append(.init(method: .issuingCA, location: .uniformResourceIdentifier(issuer))) }
    return access
  }

  /// CRLDistributionPoints, the syntax of FreshestCRL too: one point, one URL.
  static func points(_ url: String, into coder: inout DER.Serializer) throws {
    try coder.sequence { points in
      try points.sequence { point in
        try point.appendConstructedNode(identifier: .context(0)) { name in
          try name.appendConstructedNode(identifier: .context(0)) { full in
            try full.serialize(GeneralName.uniformResourceIdentifier(url))
          }
        }
      }
    }
  }
}
