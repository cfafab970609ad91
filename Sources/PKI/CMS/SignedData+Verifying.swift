import Crypto
import SwiftASN1
import X509

extension SignedData {
  /// Checks that `certificate`'s key made the signature.
  ///
  /// - Parameter certificate: one that the caller trusts for a reason of its own: a key store, a path to an anchor.
  /// - Throws: `signerMismatch` when the message names another certificate or carries an altered copy of this one,
  ///   `signatureInvalid`.
  func verify(with certificate: Certificate) throws(CMCFault) {
    guard let signer = try? CMCSigner(certificate) else { throw .signerMismatch }
    try verify(with: signer)
  }

  /// As the other, with a certificate that was taken apart before.
  func verify(with signer: CMCSigner) throws(CMCFault) {
    guard signer.identifier == self.signer else { throw .signerMismatch }
    // The carried copy is outside of the signature: altered, it would still verify here and mislead whoever files it.
    guard certificates.contains(signer.bytes) else { throw .signerMismatch }
    guard let key = signer.key, key.verifies(signature, of: signedAttributes) else { throw .signatureInvalid }
  }

  /// Whether the content says it is of this type.
  func isContent(_ type: ASN1ObjectIdentifier) -> Bool {
    (try? type.derBytes()) == contentType
  }
}
