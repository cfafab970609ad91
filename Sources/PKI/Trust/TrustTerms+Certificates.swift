import Crypto
import SwiftASN1
public import X509

extension TrustTerms.Anchor {
  /// Takes name and key out of a certification authority's certificate.
  ///
  /// - Throws: ``PKIError`` with code `format` when it is no authority, or has no P-256 key.
  public init(_ certificate: Certificate) throws {
    guard let constraints = try? certificate.extensions.basicConstraints, case .isCertificateAuthority = constraints
    else { throw PKIError(.format, "The certificate of \(certificate.subject) is not a certification authority's.") }
    guard let key = P256.Signing.PublicKey(certificate.publicKey) else {
      throw PKIError(.format, "The key of \(certificate.subject) is not on P-256.")
    }
    self.init(name: try Self.subject(of: certificate.der), publicKey: Array(key.rawRepresentation))
  }

  /// The subject's bytes as they stand in the certificate: devices compare them with issuers' names byte by byte.
  private static func subject(of der: [UInt8]) throws -> [UInt8] {
    guard case .constructed(let certificate) = try DER.parse(der).content,
      let signed = certificate.first(where: { _ in true }), case .constructed(let fields) = signed.content
    else { throw PKIError(.format, "This is not a certificate in DER.") }
    // Version, serial number, signature algorithm, issuer, validity, subject (RFC 5280 §4.1).
    guard let subject = fields.dropFirst(5).first(where: { _ in true }) else {
      throw PKIError(.format, "This is not a certificate in DER.")
    }
    return Array(subject.encodedBytes)
  }

  /// The subject name for people, as RFC 4514 writes it; nil when it is none.
  public var readableName: String? {
    (try? DistinguishedName(derEncoded: DER.parse(name))).map { "\($0)" }
  }
}
