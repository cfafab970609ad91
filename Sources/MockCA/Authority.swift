import Foundation
import PKI
import X509

/// The CA's two certificates and the key that issues.
struct Authority: Sendable {
  /// How far validity begins in the past, in seconds: clocks differ.
  static let backdating: TimeInterval = 300

  /// Where issued certificates say that their CRL and issuer are. The top-level domain `test` never resolves (RFC 6761 §6.2);
  /// short, since every device stores it.
  static let pointers = IssuerPointers(crl: "http://ca.test/crl", issuer: "http://ca.test/ca")

  /// The self-signed root.
  let anchor: Certificate
  /// The CA that issues.
  let issuing: Certificate
  /// Its key.
  let key: SigningKey
}
