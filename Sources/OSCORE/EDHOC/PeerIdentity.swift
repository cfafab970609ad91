/// Whom the peer says it is, before that is verified: ID_CRED_R of message 2, ID_CRED_I of message 3.
public enum PeerIdentity: Equatable, Sendable {
  /// By reference: the caller verifies with each credential that has this identifier until one is right.
  case keyIdentifier(KeyIdentifier)
  /// By value: the message holds the credential, of this key. The caller judges by the key whether it wants to know
  /// this peer, and verifies without giving a credential.
  case value(RawPublicKey)

  /// Whether a credential may be this peer's. Which one it is shows when the message is verified.
  public func names(_ credential: borrowing Credential) -> Bool {
    switch self {
    case .keyIdentifier(let identifier): identifier.equals(credential.keyIdentifier)
    case .value(let key): key == credential.publicKey
    }
  }
}
