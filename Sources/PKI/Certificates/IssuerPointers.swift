import SwiftASN1
import X509

/// Where the certificates of an issuer say its CRL and its own certificate can be fetched. Short, since each certificate has them.
public struct IssuerPointers: Sendable, Equatable {
  /// The CRL's URL.
  public let crl: String
  /// The URL of the issuer's certificate.
  public let issuer: String

  /// Both URLs.
  public init(crl: String, issuer: String) {
    self.crl = crl
    self.issuer = issuer
  }

  /// CRLDistributionPoints with one full name (RFC 5280 §4.2.1.13).
  func crlDistributionPoints() throws -> Certificate.Extension {
    let value = try derBytes { coder in
      try coder.sequence { points in
        try points.sequence { point in
          try point.appendConstructedNode(identifier: .context(0)) { name in
            try name.appendConstructedNode(identifier: .context(0)) { full in
              try full.serialize(GeneralName.uniformResourceIdentifier(crl))
            }
          }
        }
      }
    }
    return Certificate.Extension(oid: OID.crlDistributionPoints, critical: false, value: value[...])
  }

  /// AuthorityInformationAccess with caIssuers (RFC 5280 §4.2.2.1).
  func authorityInformationAccess() -> AuthorityInformationAccess {
    var access = AuthorityInformationAccess()
    access.append(.init(method: .issuingCA, location: .uniformResourceIdentifier(issuer)))
    return access
  }
}
