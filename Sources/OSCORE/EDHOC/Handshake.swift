import COSE

/// What both roles keep between messages.
struct Handshake: ~Copyable {
  /// How far a session is. Each message takes it one further.
  enum Step: UInt8 {
    /// Nothing has been sent or received.
    case start
    /// The responder has message 1.
    case received1
    /// The initiator waits for message 2.
    case sent1
    /// The initiator has decrypted message 2 and looks for the credential.
    case received2
    /// The initiator knows the responder.
    case verified2
    /// The responder waits for message 3.
    case sent2
    /// The responder has decrypted message 3 and looks for the credential.
    case received3
    /// Keys can be exported, and message 4 can be sent and received.
    case complete
    /// A refusal ended it, or the caller.
    case over
  }

  var step = Step.start
  var schedule = KeySchedule()
  /// The peer's ephemeral key: G_Y for the initiator, G_X for the responder.
  var peerEphemeral = InlineArray<32, UInt8>(repeating: 0)
  /// One's own ephemeral key, while there is one.
  var ephemeral: KeyID?
  /// C_I and C_R, as far as they are known.
  var initiator: ConnectionIdentifier
  var responder: ConnectionIdentifier
  var received = ReceivedPlaintext()

  init(initiator: ConnectionIdentifier) {
    self.initiator = initiator
    self.responder = initiator
  }

  /// - Throws: `wrongStep` unless the session is just there.
  func require(_ step: Step) throws(EDHOCError) {
    guard self.step == step else { throw .wrongStep }
  }

  /// Makes the ephemeral key.
  ///
  /// - Parameter x: gets the x of its public half, exactly 32 bytes.
  mutating func generateEphemeral<Crypto: SessionCryptography & ~Copyable>(
    into x: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    var point = InlineArray<65, UInt8>(repeating: 0)
    do throws(CryptoError) {
      let key = try crypto.generateEphemeralKey()
      self.ephemeral = key
      var bytes = point.mutableSpan
      try crypto.publicKey(of: key, into: &bytes)
    } catch {
      throw .cryptography(error)
    }
    for index in x.indices { x[index] = point[1 + index] }
  }

  /// Takes message 1 into the transcript.
  mutating func hashMessage1<Crypto: Cryptography & ~Copyable>(
    _ message: Span<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    do throws(CryptoError) {
      var hash = try crypto.makeHash()
      try hash.update(message)
      var digest = self.schedule.transcript.mutableSpan
      try hash.finish(into: &digest)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Ends the session and forgets its secrets. An ephemeral key that the provider does not destroy now is gone with it.
  mutating func end<Crypto: SessionCryptography & ~Copyable>(with crypto: inout Crypto) {
    if let ephemeral { try? crypto.destroyKey(ephemeral) }
    self.ephemeral = nil
    self.schedule.erase()
    self.received.erase()
    self.peerEphemeral.erase()
    self.step = .over
  }

  /// Takes a message that is one byte string (2, 3 and 4): where its contents stand.
  ///
  /// - Throws: `errorMessage` for one that begins with a number.
  static func contents(of message: Span<UInt8>) throws(EDHOCError) -> Range<Int> {
    guard message.count <= EDHOC.maxMessageBytes else { throw .tooLong }
    guard message.count > 0 else { throw .truncated }
    guard message[0] >= 0x40 else { throw .errorMessage }
    let contents = try ByteStringHead.contents(atFrontOf: message)
    guard contents.upperBound == message.count else { throw .trailingBytes }
    return contents
  }
}
