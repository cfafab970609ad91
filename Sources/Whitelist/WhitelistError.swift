public import COSE

/// Why a list was not taken: the fault of whoever made it, or of the machine that looked at it.
public enum WhitelistError: Error, Equatable, Sendable {
  /// The list's fault.
  case refused(WhitelistRefusal)
  /// Hashing or verifying failed for another reason than the signature.
  case cryptography(CryptoError)
  /// Where the list stands could not be read.
  case unreadable
}
