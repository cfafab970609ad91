/// Whom the peer says it is, before that is verified: ID_CRED_R of message 2, ID_CRED_I of message 3.
public enum PeerIdentity: Equatable, Sendable {
  /// By reference: the caller verifies with each credential that has this identifier until one is right.
  case keyIdentifier(KeyIdentifier)
  /// By value: the message holds the credential, of this key. The caller judges by the key whether it wants to know
  /// this peer, and verifies without giving a credential.
  case value(RawPublicKey)
}
