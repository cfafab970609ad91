public import COSE

/// One session as initiator (RFC 9528 §5): the device, towards its manager.
///
///     var session = EDHOCInitiator(connection)
///     let count = try session.writeMessage1(into: &buffer, with: &crypto)         // to the responder
///     let peer = try session.readMessage2(answer, with: &crypto)                  // who is it?
///     try session.verifyMessage2(credential, with: &crypto)                       // is it?
///     let count = try session.writeMessage3(own, into: &buffer, with: &crypto)    // now there are keys
///     try session.exportOSCORE(secret: &secret, salt: &salt, with: &crypto)
///     session.end(with: &crypto)
///
/// Whoever holds one ends it by `end`: until then the provider keeps the ephemeral key, and this value the secrets. A
/// refusal ends it too, but for those that `EDHOCError` excepts. About 320 bytes.
///
/// What only reads is `mutating` too: from a borrowed value of this size Embedded Swift makes a copy on the stack for every
/// call, secrets and all.
public struct EDHOCInitiator: ~Copyable {
  var handshake: Handshake

  /// Begins a session.
  ///
  /// - Parameter connection: C_I, which becomes the recipient ID of one's OSCORE context. One byte of 0x00 to 0x17 or
  ///   0x20 to 0x37 takes the least room.
  public init(_ connection: ConnectionIdentifier) {
    self.handshake = Handshake(initiator: connection)
  }

  /// C_I.
  public var initiatorIdentifier: ConnectionIdentifier {
    mutating get { self.handshake.initiator }
  }

  /// C_R, from message 2 on.
  public var responderIdentifier: ConnectionIdentifier {
    mutating get { self.handshake.responder }
  }

  /// Whether keys can be exported.
  public var isComplete: Bool { self.handshake.step == .complete }

  /// Makes message 1 and the ephemeral key (RFC 9528 §5.2).
  ///
  /// - Parameters:
  ///   - ead: EAD_1, encoded; no bytes for none. Everybody can read it.
  ///   - message: gets the message at its front: 37 bytes with a C_I of one byte and no EAD.
  /// - Returns: its length.
  /// - Throws: `noSpace`, `tooLong`, `cryptography`, and an encoding's fault in `ead`.
  public mutating func writeMessage1<Crypto: SessionCryptography & ~Copyable>(
    ead: Span<UInt8> = Span(), into message: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    let suites: InlineArray<1, UInt8> = [UInt8(truncatingIfNeeded: EDHOC.cipherSuite)]
    return try self.writeMessage1(suites: suites.span, ead: ead, into: &message, with: &crypto)
  }

  /// The same, with the whole of SUITES_I given: the RFC's own trace says what it would rather speak than suite 2.
  mutating func writeMessage1<Crypto: SessionCryptography & ~Copyable>(
    suites: Span<UInt8>, ead: Span<UInt8>, into message: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    try self.handshake.require(.start)
    do throws(EDHOCError) {
      return try self.makeMessage1(suites, ead, into: &message, &crypto)
    } catch {
      self.end(with: &crypto)
      throw error
    }
  }

  private mutating func makeMessage1<Crypto: SessionCryptography & ~Copyable>(
    _ suites: Span<UInt8>, _ ead: Span<UInt8>, into message: inout MutableSpan<UInt8>, _ crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    var ephemeral = InlineArray<32, UInt8>(repeating: 0)
    var x = ephemeral.mutableSpan
    try self.handshake.generateEphemeral(into: &x, with: &crypto)
    let count: Int
    do throws(CBORError) {
      var writer = CBORWriter(&message)
      writer.uint32(EDHOC.method)
      writer.raw(suites)
      writer.bytes(ephemeral.span)
      self.handshake.initiator.write(to: &writer)
      writer.raw(ead)
      count = try writer.finish()
    } catch {
      throw EDHOCError(error)
    }
    guard count <= EDHOC.maxMessageBytes else { throw .tooLong }
    try self.handshake.hashMessage1(message.span.extracting(0..<count), with: crypto)
    self.handshake.step = .sent1
    return count
  }

  /// Ends the session: secrets and ephemeral key are gone, the exported keys are not. Ending twice is harmless.
  public mutating func end<Crypto: SessionCryptography & ~Copyable>(with crypto: inout Crypto) {
    self.handshake.end(with: &crypto)
  }
}
