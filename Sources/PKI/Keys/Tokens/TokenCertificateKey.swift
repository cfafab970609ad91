import Crypto
import Foundation
import SwiftASN1
import X509

/// A key in a token as swift-certificates takes it.
struct TokenCertificateKey: CustomPrivateKey {
  static let defaultPEMDiscriminator = "PRIVATE KEY"

  let key: TokenKey

  var publicKey: Certificate.PublicKey { Certificate.PublicKey(key.publicKey) }
  var defaultSignatureAlgorithm: Certificate.SignatureAlgorithm { .ecdsaWithSHA256 }
  var supportedSignatureAlgorithms: [Certificate.SignatureAlgorithm] { [.ecdsaWithSHA256] }

  func signSynchronously(
    bytes: some DataProtocol, signatureAlgorithm: Certificate.SignatureAlgorithm
  ) throws -> Certificate.Signature {
    guard signatureAlgorithm == .ecdsaWithSHA256 else {
      throw PKIError(.conflict, "This key signs by ECDSA with SHA-256 only.")
    }
    return try Certificate.Signature(
      signatureAlgorithm: signatureAlgorithm,
      signatureBytes: ASN1BitString(bytes: ArraySlice(key.signDER(Array(bytes)))))
  }

  func serialize(into coder: inout DER.Serializer) throws { throw Self.staysInToken }

  func serializeAsPEM(discriminator: String) throws -> PEMDocument { throw Self.staysInToken }

  static func == (left: Self, right: Self) -> Bool { left.key === right.key }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(key)) }

  private static let staysInToken = PKIError(.conflict, "This key is in a token and does not leave it.")
}
