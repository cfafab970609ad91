/// Why a CRL is not believed. The names are stable.
public enum RevocationListFault: String, Error, Sendable, CaseIterable {
  /// It is no CertificateList of version 2 in DER, or not signed by ECDSA with SHA-256.
  case malformed
  /// It is a delta list.
  case deltaList = "delta-list"
  /// It has a critical extension that is not known, as indirect and partial lists do.
  case extensionUnknown = "extension-unknown"
  /// It has no CRLNumber.
  case numberMissing = "number-missing"
  /// It is another issuer's.
  case issuerWrong = "issuer-wrong"
  /// Its issuer's certificate does not allow it to sign lists.
  case issuerMayNot = "issuer-may-not"
  /// Its signature is not its issuer's.
  case signatureWrong = "signature-wrong"
  /// It is of the future.
  case notYetValid = "not-yet-valid"
  /// There should be a newer one.
  case stale
}
