public import COSE

extension EDHOCInitiator {
  /// Decrypts message 2 (RFC 9528 §5.3.3) and says who the responder claims to be. Nothing is proven yet.
  ///
  /// - Parameters:
  ///   - message: what came.
  ///   - labels: which critical items of EAD_2 the caller understands.
  /// - Throws: `errorMessage` for an error message, and the session goes on: nobody authenticates those. Anything else
  ///   ends it.
  public mutating func readMessage2<Crypto: SessionCryptography & ~Copyable>(
    _ message: Span<UInt8>, understanding labels: EADLabels = .none, with crypto: inout Crypto
  ) throws(EDHOCError) -> PeerIdentity {
    try self.handshake.require(.sent1)
    do throws(EDHOCError) {
      return try self.openMessage2(message, labels, &crypto)
    } catch {
      if error != .errorMessage { self.end(with: &crypto) }
      throw error
    }
  }

  /// Verifies message 2 with a credential the caller trusts (RFC 9528 §5.3.3). Then the ephemeral key is destroyed.
  ///
  /// - Parameter credential: a CCS in its exact bytes.
  /// - Throws: `wrongMAC`, `credential`: another may be tried.
  public mutating func verifyMessage2<Crypto: SessionCryptography & ~Copyable>(
    _ credential: Span<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    try self.handshake.require(.received2)
    try self.handshake.verify(credential, salt: .salt3e2m, mac: .mac2, with: &crypto)
    self.handshake.step = .verified2
  }

  /// Verifies message 2 with the credential that it holds by value: after the caller has judged its key.
  ///
  /// - Throws: `credentialIdentifier` when the message holds none, and as above.
  public mutating func verifyMessage2<Crypto: SessionCryptography & ~Copyable>(
    with crypto: inout Crypto
  ) throws(EDHOCError) {
    try self.handshake.require(.received2)
    try self.handshake.verifyByValue(salt: .salt3e2m, mac: .mac2, with: &crypto)
    self.handshake.step = .verified2
  }

  private mutating func openMessage2<Crypto: SessionCryptography & ~Copyable>(
    _ message: Span<UInt8>, _ labels: EADLabels, _ crypto: inout Crypto
  ) throws(EDHOCError) -> PeerIdentity {
    let contents = try Handshake.contents(of: message)
    guard contents.count >= EDHOC.coordinateBytes else { throw .truncated }
    guard contents.count <= EDHOC.coordinateBytes + EDHOC.maxPlaintextBytes else { throw .tooLong }
    let ciphertext = message.extracting(contents.lowerBound + EDHOC.coordinateBytes..<contents.upperBound)
    for index in 0..<EDHOC.coordinateBytes {
      self.handshake.peerEphemeral[index] = message[contents.lowerBound + index]
    }
    try self.handshake.beginSchedule(with: &crypto)
    try self.handshake.received.fillKeystream(
      count: ciphertext.count, from: self.handshake.schedule, with: crypto)
    self.handshake.received.decrypt(ciphertext)
    let identity = try self.handshake.received.read(hasConnection: true, understanding: labels)
    self.handshake.responder = try self.handshake.received.connection()
    guard self.handshake.responder != self.handshake.initiator else { throw .connectionIdentifier }
    self.handshake.step = .received2
    return identity
  }
}
