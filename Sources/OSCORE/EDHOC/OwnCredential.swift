public import COSE

/// One's own credential, its private key, and how it is told to the peer.
public struct OwnCredential: ~Escapable {
  /// The claims set.
  public let credential: Credential
  /// The static Diffie-Hellman key it is for.
  public let key: KeyID
  /// By reference or by value.
  public let transfer: CredentialTransfer

  /// - Throws: `credentialIdentifier` when it shall be told by a key identifier that it does not have.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, key: KeyID, transfer: CredentialTransfer) throws(EDHOCError) {
    self.credential = try Credential(bytes)
    self.key = key
    self.transfer = transfer
    guard transfer == .value || !self.credential.keyIdentifier.isEmpty else { throw .credentialIdentifier }
  }

  /// The key identifier's bytes or the credential's.
  var identity: Span<UInt8> {
    @_lifetime(copy self)
    get { self.transfer == .value ? self.credential.bytes : self.credential.keyIdentifier }
  }

  var prefix: IdentityPrefix {
    self.transfer == .value ? .value : IdentityPrefix(keyIdentifierBytes: self.credential.keyIdentifier.count)
  }

  /// How many bytes ID_CRED takes in a message.
  var writtenBytes: Int {
    let identity = self.identity
    if self.transfer == .value { return 2 + identity.count }
    return identity.count == 1 && CompactIdentifier.isInteger(identity[0]) ? 1 : 1 + identity.count
  }

  /// Writes ID_CRED as it stands in a message.
  func write(to writer: inout CBORWriter) {
    let identity = self.identity
    if self.transfer == .value {
      writer.map(1)
      writer.uint32(14)
      writer.raw(identity)
    } else if identity.count == 1 && CompactIdentifier.isInteger(identity[0]) {
      writer.raw(identity)
    } else {
      writer.bytes(identity)
    }
  }
}
