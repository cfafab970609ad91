/// Why a signed object was refused, or could not be made.
public enum COSEError: Error, Equatable, Sendable {
  /// Not CBOR as Muster takes it, or it could not be written.
  case encoding(CBORError)
  /// Well-formed CBOR, but not a COSE_Sign1 (RFC 9052 §4.2).
  case notSign1
  /// The protected header does not say ES256, or an algorithm stands outside it.
  case wrongAlgorithm
  /// The header has critical parameters (label 2); there is none this implementation knows.
  case criticalParameter
  /// Hashing, signing or verifying failed; `badSignature` is the one that says who signed.
  case cryptography(CryptoError)
}
