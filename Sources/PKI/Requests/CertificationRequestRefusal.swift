/// Why a PKCS#10 certification request was refused: one reason per rule, stable in audit rows and on the wire.
public enum CertificationRequestRefusal: String, Error, Equatable, CaseIterable, Sendable {
  /// Longer than ``PKILimits/certificationRequestBytes``.
  case requestTooLong = "request-too-long"
  /// Not the DER of a CertificationRequest (RFC 2986 §4).
  case requestMalformed = "request-malformed"
  /// A version other than v1.
  case requestVersion = "request-version"
  /// A key that is not an uncompressed P-256 key.
  case keyNotP256 = "key-not-p256"
  /// P-256 by name, but the point is not on the curve.
  case keyInvalid = "key-invalid"
  /// A key that nobody should use: RSA below 2,048 bits, DSA, a curve below 256 bits, a private key that everybody knows.
  case keyWeak = "key-weak"
  /// Signed with ECDSA and SHA-1.
  case digestWeak = "digest-weak"
  /// Signed with something other than ECDSA with SHA-256.
  case signatureAlgorithm = "signature-algorithm"
  /// The signature does not verify: possession of the private key is not proven.
  case possessionNotProven = "possession-not-proven"
  /// A challengePassword: nothing here can verify it, and RFC 7030 §3.5 forbids to ignore it.
  case challengePassword = "challenge-password"
  /// An attribute other than extensionRequest, or the same one twice.
  case attributeNotAllowed = "attribute-not-allowed"
  /// It asks to be a certification authority.
  case authorityRequested = "authority-requested"
  /// A requested extension other than subjectAltName.
  case extensionNotAllowed = "extension-not-allowed"
  /// A subject with multi-valued, repeated, over-long or non-text attributes.
  case subjectInvalid = "subject-invalid"
  /// An alternative name that is no DNS name or IP address, or malformed, or too many of them.
  case alternativeNameInvalid = "alternative-name-invalid"

  /// One sentence for people.
  public var sentence: String {
    switch self {
    case .requestTooLong: "The certification request is longer than \(PKILimits.certificationRequestBytes) bytes."
    case .requestMalformed: "The certification request is not valid DER of a PKCS#10."
    case .requestVersion: "The certification request has another version than v1."
    case .keyNotP256: "The key is not a P-256 key with an uncompressed point."
    case .keyWeak: "The key is too weak to be certified, here or anywhere."
    case .digestWeak: "The certification request is signed with SHA-1."
    case .authorityRequested: "The certification request asks to be a certification authority."
    case .keyInvalid: "The public key is not a point of P-256."
    case .signatureAlgorithm: "The certification request is not signed with ECDSA and SHA-256."
    case .possessionNotProven: "The certification request's signature does not prove possession of the private key."
    case .challengePassword: "The certification request carries a challengePassword, which cannot be verified here."
    case .attributeNotAllowed: "The certification request has an attribute that is not allowed, or one twice."
    case .extensionNotAllowed: "The certification request asks for an extension other than subjectAltName."
    case .subjectInvalid: "The subject has a multi-valued, repeated, over-long or non-text attribute."
    case .alternativeNameInvalid: "The subject alternative names are malformed, too many or of a kind not allowed."
    }
  }
}
