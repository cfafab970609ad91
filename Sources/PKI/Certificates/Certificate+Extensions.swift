import SwiftASN1
import X509

// Extensions that swift-certificates has no type for.
extension Certificate.Extension {
  /// CertificatePolicies without qualifiers (RFC 5280 §4.2.1.4).
  init(policies: [ASN1ObjectIdentifier]) throws {
    let value = try PKI.derBytes { coder in
      try coder.sequence { coder in
        for policy in policies { try coder.sequence { try $0.serialize(policy) } }
      }
    }
    self.init(oid: OID.certificatePolicies, critical: false, value: value[...])
  }

  /// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1).
  static var ocspNoCheck: Certificate.Extension {
    get throws {
      Certificate.Extension(
        oid: OID.ocspNoCheck, critical: false, value: try PKI.derBytes { try $0.serialize(ASN1Null()) }[...])
    }
  }
}
