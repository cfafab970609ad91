public import COSE

/// Why a message of EDHOC is refused, or was not made.
///
/// `wrongMAC` and `credential` from a verification leave the state as it was, so that the next candidate can be tried.
/// After every other refusal of a message the session is over (RFC 9528 §5: it must be aborted) and its keys are gone.
public enum EDHOCError: Error, Equatable, Sendable {
  /// The message ends within an item, or items are missing.
  case truncated
  /// There are bytes or items behind the message's end.
  case trailingBytes
  /// Longer than Muster takes (`EDHOC.maxMessageBytes`, `EDHOC.maxPlaintextBytes`).
  case tooLong
  /// Not the deterministic encoding of RFC 8949 §4.2.1, or an identifier as a byte string that is an integer.
  case notDeterministic
  /// Not the structure that RFC 9528 gives.
  case malformed
  /// A method other than 3.
  case method
  /// The peer selects a suite other than 2, or one that it would rather not use: answer with error code 2.
  case wrongSuite
  /// The ephemeral key is not 32 bytes long, or no point of the curve has it.
  case ephemeralKey
  /// C_I equals C_R, or an identifier is longer than 7 bytes.
  case connectionIdentifier
  /// ID_CRED is neither a key identifier nor a CCS.
  case credentialIdentifier
  /// The credential is no CCS with a P-256 key.
  case credential
  /// Signature_or_MAC is not 8 bytes long.
  case macLength
  /// The MAC is not the credential's holder's: another credential, or a message that was tampered with.
  case wrongMAC
  /// The ciphertext is not what the peer sent.
  case badCiphertext
  /// An item of external authorization data that must be understood and is not.
  case criticalEAD
  /// Not the next message but an error message: `EDHOCErrorMessage` reads it.
  case errorMessage
  /// This is not the step for it.
  case wrongStep
  /// The buffer is too small.
  case noSpace
  /// The provider failed.
  case cryptography(CryptoError)

  /// What CBOR's faults are in a message.
  init(_ error: CBORError) {
    self =
      switch error {
      case .truncated: .truncated
      case .trailingBytes: .trailingBytes
      case .notPreferred, .indefiniteLength, .keyOrder: .notDeterministic
      case .noSpace: .noSpace
      default: .malformed
      }
  }
}
