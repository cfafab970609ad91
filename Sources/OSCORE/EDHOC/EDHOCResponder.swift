public import COSE

/// One session as responder (RFC 9528 §5): the manager, towards a device.
///
///     var session = EDHOCResponder()
///     try session.readMessage1(message, with: crypto)
///     let count = try session.writeMessage2(connection, own, into: &buffer, with: &crypto)
///     let peer = try session.readMessage3(answer, with: &crypto)                  // who is it?
///     try session.verifyMessage3(credential, with: &crypto)                       // is it?
///     try session.exportOSCORE(secret: &secret, salt: &salt, with: crypto)
///     session.end(with: &crypto)
///
/// Whoever holds one ends it by `end`: until then the provider keeps the ephemeral key, and this value the secrets. A
/// refusal ends it too, but for those that `EDHOCError` excepts. About 320 bytes.
public struct EDHOCResponder: ~Copyable {
  var handshake: Handshake

  /// Waits for message 1.
  public init() {
    self.handshake = Handshake(initiator: ConnectionIdentifier())
  }

  /// C_I, from message 1 on.
  public var initiatorIdentifier: ConnectionIdentifier { self.handshake.initiator }

  /// C_R, from message 2 on.
  public var responderIdentifier: ConnectionIdentifier { self.handshake.responder }

  /// Whether keys can be exported.
  public var isComplete: Bool { self.handshake.step == .complete }

  /// Takes message 1 (RFC 9528 §5.2.3). It costs a hash and makes no key, so that nobody who is to be turned away does.
  ///
  /// - Parameter labels: which critical items of EAD_1 the caller understands.
  /// - Throws: what is to be answered by `EDHOCErrorMessage(answering:)`.
  public mutating func readMessage1<Crypto: SessionCryptography & ~Copyable>(
    _ message: Span<UInt8>, understanding labels: EADLabels = .none, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    try self.handshake.require(.start)
    // Whatever goes wrong: there is nothing to erase yet, and nothing to go on with.
    self.handshake.step = .over
    let fields = try Message1(message)
    try self.handshake.received.take(fields.ead, tagBytes: 0)
    try self.handshake.received.readEAD(understanding: labels)
    for index in fields.ephemeral.indices { self.handshake.peerEphemeral[index] = fields.ephemeral[index] }
    self.handshake.initiator = fields.connection
    try self.handshake.hashMessage1(message, with: crypto)
    self.handshake.step = .received1
  }

  /// Gives the EAD of the message last received to `body`; nothing before that message is verified. That of message 1
  /// nobody ever verifies.
  public mutating func withEAD<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    self.handshake.withEAD(body)
  }

  /// Ends the session: secrets and ephemeral key are gone, the exported keys are not. Ending twice is harmless.
  public mutating func end<Crypto: SessionCryptography & ~Copyable>(with crypto: inout Crypto) {
    self.handshake.end(with: &crypto)
  }
}
