import SwiftASN1
import X509

/// An extension that a request may ask for although the certificate will say what the profile says. OpenSSL, strongSwan and
/// others put these into every request they make.
public enum OverriddenExtension: String, CaseIterable, Sendable {
  case basicConstraints, keyUsage, extendedKeyUsage, subjectKeyIdentifier

  var identifier: ASN1ObjectIdentifier {
    switch self {
    case .basicConstraints: .X509ExtensionID.basicConstraints
    case .keyUsage: .X509ExtensionID.keyUsage
    case .extendedKeyUsage: .X509ExtensionID.extendedKeyUsage
    case .subjectKeyIdentifier: .X509ExtensionID.subjectKeyIdentifier
    }
  }
}
