public import COSE

extension EDHOCResponder {
  /// Decrypts message 3 (RFC 9528 §5.4.3) and says who the initiator claims to be. Nothing is proven yet.
  ///
  /// - Parameters:
  ///   - message: what came, without C_R in front.
  ///   - labels: which critical items of EAD_3 the caller understands.
  /// - Throws: `errorMessage` for an error message, and the session goes on: nobody authenticates those. Anything else
  ///   ends it.
  public mutating func readMessage3<Crypto: SessionCryptography & ~Copyable>(
    _ message: Span<UInt8>, understanding labels: EADLabels = .none, with crypto: inout Crypto
  ) throws(EDHOCError) -> PeerIdentity {
    try self.handshake.require(.sent2)
    do throws(EDHOCError) {
      let contents = try Handshake.contents(of: message)
      try self.handshake.received.take(message.extracting(contents), tagBytes: EDHOC.tagBytes)
      try self.handshake.received.open(self.handshake.schedule, key: .key3, nonce: .nonce3, with: &crypto)
      let identity = try self.handshake.received.read(hasConnection: false, understanding: labels)
      self.handshake.step = .received3
      return identity
    } catch {
      if error != .errorMessage { self.end(with: &crypto) }
      throw error
    }
  }

  /// Verifies message 3 with a credential the caller trusts (RFC 9528 §5.4.3). Then the ephemeral key is destroyed, and
  /// keys can be exported.
  ///
  /// - Parameter credential: a CCS in its exact bytes.
  /// - Throws: `wrongMAC`, `credential`: another may be tried.
  public mutating func verifyMessage3<Crypto: SessionCryptography & ~Copyable>(
    _ credential: Span<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    try self.handshake.require(.received3)
    try self.handshake.verify(credential, salt: .salt4e3m, mac: .mac3, with: &crypto)
    self.handshake.step = .complete
  }

  /// Verifies message 3 with the credential that it holds by value: after the caller has judged its key.
  ///
  /// - Throws: `credentialIdentifier` when the message holds none, and as above.
  public mutating func verifyMessage3<Crypto: SessionCryptography & ~Copyable>(
    with crypto: inout Crypto
  ) throws(EDHOCError) {
    try self.handshake.require(.received3)
    try self.handshake.verifyByValue(salt: .salt4e3m, mac: .mac3, with: &crypto)
    self.handshake.step = .complete
  }
}
