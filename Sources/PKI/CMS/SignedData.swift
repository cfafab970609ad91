import Foundation
import X509

/// CMS SignedData (RFC 5652 §5) of one shape only: version 3, one signer named by issuer and serial, SHA-256 and ECDSA, the content
/// inside, and exactly the signed attributes contentType, messageDigest and signingTime.
///
/// A parsed value has been checked for shape and for the digest over its content. It is not verified: that takes ``verify(with:)``.
struct SignedData {
  /// The type of the content.
  let contentType: [UInt8]
  /// The content, which the signature covers by way of its digest.
  let content: [UInt8]
  /// The certificates inside, as they are in the bytes. They are outside of the signature.
  let certificates: [[UInt8]]
  /// Who claims to have signed.
  let signer: SignerIdentifier
  /// When, according to the signer.
  let signingTime: Date
  /// The SET OF attributes that the signature is over.
  let signedAttributes: [UInt8]
  /// ECDSA-Sig-Value in DER.
  let signature: [UInt8]
}
