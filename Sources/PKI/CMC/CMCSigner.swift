import Crypto
public import X509

/// A registration authority's certificate, taken apart once for all the messages that it signs.
public struct CMCSigner: Sendable {
  /// The certificate.
  public let certificate: Certificate
  /// How messages name it.
  public let identifier: SignerIdentifier
  /// DER.
  let bytes: [UInt8]
  let key: P256.Signing.PublicKey?
  /// Whether it is for registration authorities (id-kp-cmcRA, RFC 6402 §2.10).
  let isAuthorised: Bool

  /// - Throws: what SwiftASN1 throws for a certificate that cannot be encoded.
  public init(_ certificate: Certificate) throws {
    self.certificate = certificate
    identifier = try SignerIdentifier(certificate)
    bytes = try certificate.derBytes()
    key = P256.Signing.PublicKey(certificate.publicKey)
    isAuthorised = (try? certificate.extensions.extendedKeyUsage)?.contains(.init(oid: OID.cmcRA)) == true
  }
}
