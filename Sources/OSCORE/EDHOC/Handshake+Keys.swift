import COSE

extension Handshake {
  /// TH_2 and PRK_2e, as the initiator has them: G_Y is the peer's.
  mutating func beginSchedule<Crypto: SessionCryptography & ~Copyable>(with crypto: inout Crypto) throws(EDHOCError) {
    var shared = InlineArray<32, UInt8>(repeating: 0)
    defer { shared.erase() }
    var secret = shared.mutableSpan
    try self.shareEphemerals(into: &secret, &crypto)
    do throws(CryptoError) {
      try self.schedule.begin(responderEphemeral: self.peerEphemeral.span, shared: shared.span, with: crypto)
    } catch {
      throw .cryptography(error)
    }
  }

  /// TH_2 and PRK_2e, as the responder has them: G_Y is its own.
  mutating func beginSchedule<Crypto: SessionCryptography & ~Copyable>(
    ownEphemeral: Span<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    var shared = InlineArray<32, UInt8>(repeating: 0)
    defer { shared.erase() }
    var secret = shared.mutableSpan
    try self.shareEphemerals(into: &secret, &crypto)
    do throws(CryptoError) {
      try self.schedule.begin(responderEphemeral: ownEphemeral, shared: shared.span, with: crypto)
    } catch {
      throw .cryptography(error)
    }
  }

  /// G_XY.
  private mutating func shareEphemerals<Crypto: SessionCryptography & ~Copyable>(
    into secret: inout MutableSpan<UInt8>, _ crypto: inout Crypto
  ) throws(EDHOCError) {
    guard let ephemeral else { throw .wrongStep }
    do throws(CryptoError) {
      try crypto.agree(ephemeral, peerX: self.peerEphemeral.span, into: &secret)
    } catch {
      throw error == .badPoint ? .ephemeralKey : .cryptography(error)
    }
  }

  /// The key that one's static key proves: PRK_3e2m for the responder, PRK_4e3m for the initiator.
  // Mutating, though it alters nothing: otherwise the whole handshake is copied to the stack first.
  mutating func nextKey<Crypto: SessionCryptography & ~Copyable>(
    _ salt: KDFLabel, own: KeyID, into key: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    var shared = InlineArray<32, UInt8>(repeating: 0)
    defer { shared.erase() }
    do throws(CryptoError) {
      var secret = shared.mutableSpan
      try crypto.agree(own, peerX: self.peerEphemeral.span, into: &secret)
      try self.schedule.next(salt, shared: shared.span, into: &key, with: crypto)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Verifies what was received with a credential; then nobody needs the ephemeral key any more, and it is destroyed:
  /// that is forward secrecy.
  mutating func verify<Crypto: SessionCryptography & ~Copyable>(
    _ credential: Span<UInt8>, salt: KDFLabel, mac: KDFLabel, with crypto: inout Crypto
  ) throws(EDHOCError) {
    try Self.verify(
      &self.schedule, self.received, self.ephemeral, credential: credential, salt: salt, mac: mac, with: &crypto)
    try self.destroyEphemeral(with: &crypto)
  }

  /// Verifies what was received with the credential it holds.
  mutating func verifyByValue<Crypto: SessionCryptography & ~Copyable>(
    salt: KDFLabel, mac: KDFLabel, with crypto: inout Crypto
  ) throws(EDHOCError) {
    let layout = self.received.layout
    guard layout.isByValue else { throw .credentialIdentifier }
    try Self.verify(
      &self.schedule, self.received, self.ephemeral,
      credential: self.received.bytes.span.extracting(layout.identity), salt: salt, mac: mac, with: &crypto)
    try self.destroyEphemeral(with: &crypto)
  }

  private static func verify<Crypto: SessionCryptography & ~Copyable>(
    _ schedule: inout KeySchedule, _ received: borrowing ReceivedPlaintext, _ ephemeral: KeyID?,
    credential: Span<UInt8>, salt: KDFLabel, mac: KDFLabel, with crypto: inout Crypto
  ) throws(EDHOCError) {
    guard let ephemeral else { throw .wrongStep }
    let x = try Credential(credential).x
    var shared = InlineArray<32, UInt8>(repeating: 0)
    defer { shared.erase() }
    var secret = shared.mutableSpan
    do throws(CryptoError) {
      try crypto.agree(ephemeral, peerX: x, into: &secret)
    } catch {
      throw error == .badPoint ? .credential : .cryptography(error)
    }
    try schedule.verify(
      received.bytes.span.extracting(0..<received.count), received.layout, credential: credential,
      shared: shared.span, salt: salt, mac: mac, with: crypto)
  }

  private mutating func destroyEphemeral<Crypto: SessionCryptography & ~Copyable>(
    with crypto: inout Crypto
  ) throws(EDHOCError) {
    guard let ephemeral else { return }
    do throws(CryptoError) {
      try crypto.destroyKey(ephemeral)
    } catch {
      throw .cryptography(error)
    }
    self.ephemeral = nil
  }
}
