/// What this implementation admits; no RFC gives these numbers.
public enum PKILimits {
  /// The longest PKCS#10 that is looked at, in bytes. A device's has about 300.
  public static let certificationRequestBytes = 4_096
  /// The longest CMC message that is looked at, in bytes: a request, its signer's certificate and slack.
  public static let cmcMessageBytes = 16_384
  /// The longest subject attribute, in characters (RFC 5280, upper bounds of appendix A).
  public static let subjectAttributeCharacters = 64
  /// How many alternative names one request may carry.
  public static let alternativeNames = 8
  /// The longest nonce or transaction identifier of a peer, in bytes.
  public static let nonceBytes = 64
  /// The longest certificate that a profile may produce, in bytes: a device reads no longer one.
  public static let certificateBytes = 1_024
  /// The longest OCSP request that is looked at, in bytes. One for one certificate has about 110.
  public static let ocspRequestBytes = 2_048
  /// How many certificates one OCSP request may ask about.
  public static let ocspRequests = 8
  /// The longest OCSP nonce, in bytes (RFC 9654 §2.1).
  public static let ocspNonceBytes = 128
  /// The longest comment on a revocation, in characters.
  public static let revocationCommentCharacters = 200
}
