import COSE

/// Why a descriptor was not taken: the fault of whoever made it, or of the machine that looked at it.
public enum TrustError: Error, Equatable, Sendable {
  /// The descriptor's fault.
  case refused(TrustRefusal)
  /// Hashing or verifying failed for another reason than the signature.
  case cryptography(CryptoError)
}
