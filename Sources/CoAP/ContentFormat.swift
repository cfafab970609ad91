/// What a payload is, by its registered number (RFC 7252 §12.3).
public struct ContentFormat: Hashable, Sendable {
  /// 0 to 65535.
  public var rawValue: UInt16

  /// Any number.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// text/plain; charset=utf-8
  public static let text = ContentFormat(rawValue: 0)
  /// application/cose; cose-type="cose-sign1" (RFC 9052)
  public static let coseSign1 = ContentFormat(rawValue: 18)
  /// application/octet-stream
  public static let octetStream = ContentFormat(rawValue: 42)
  /// application/cbor (RFC 8949)
  public static let cbor = ContentFormat(rawValue: 60)
  /// application/edhoc+cbor-seq (RFC 9528)
  public static let edhoc = ContentFormat(rawValue: 64)
  /// application/cid-edhoc+cbor-seq (RFC 9528)
  public static let cidEdhoc = ContentFormat(rawValue: 65)
  /// application/pkcs7-mime; smime-type=certs-only (RFC 9148)
  public static let certsOnly = ContentFormat(rawValue: 281)
  /// application/csrattrs (RFC 9148)
  public static let csrAttrs = ContentFormat(rawValue: 285)
  /// application/pkcs10 (RFC 9148)
  public static let pkcs10 = ContentFormat(rawValue: 286)
  /// application/pkix-cert (RFC 9148)
  public static let pkixCert = ContentFormat(rawValue: 287)
}
