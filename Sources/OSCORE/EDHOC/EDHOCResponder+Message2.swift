public import COSE

extension EDHOCResponder {
  /// Makes message 2 and the ephemeral key (RFC 9528 §5.3.2).
  ///
  /// - Parameters:
  ///   - connection: C_R, not in use with anybody else. It becomes the recipient ID of one's OSCORE context.
  ///   - own: the credential and the key to prove.
  ///   - ead: EAD_2, encoded; encrypted, but for an attacker who answers in the responder's stead.
  ///   - message: gets the message at its front: 57 bytes with a C_R of 4 bytes, a kid of 8 and no EAD.
  /// - Returns: its length.
  /// - Throws: `connectionIdentifier` when C_R equals C_I, and the session goes on: choose another. `ephemeralKey` when
  ///   no point has the initiator's G_X; `noSpace`, `tooLong`, `cryptography`. These end it.
  public mutating func writeMessage2<Crypto: SessionCryptography & ~Copyable>(
    _ connection: ConnectionIdentifier, _ own: borrowing OwnCredential, ead: Span<UInt8> = Span(),
    into message: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    try self.handshake.require(.received1)
    guard connection != self.handshake.initiator else { throw .connectionIdentifier }
    self.handshake.responder = connection
    do throws(EDHOCError) {
      return try self.makeMessage2(own, ead, into: &message, &crypto)
    } catch {
      self.end(with: &crypto)
      throw error
    }
  }

  private mutating func makeMessage2<Crypto: SessionCryptography & ~Copyable>(
    _ own: borrowing OwnCredential, _ ead: Span<UInt8>, into message: inout MutableSpan<UInt8>,
    _ crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    var connectionItem = InlineArray<8, UInt8>(repeating: 0)
    let connectionBytes = self.handshake.responder.write(into: &connectionItem)
    let count = connectionBytes + own.writtenBytes + 1 + EDHOC.macBytes + ead.count
    let head = ByteStringHead(length: EDHOC.coordinateBytes + count)
    let start = head.count + EDHOC.coordinateBytes
    guard count <= EDHOC.maxPlaintextBytes else { throw .tooLong }
    guard message.count >= start + count else { throw .noSpace }
    for index in 0..<head.count { message[index] = head.bytes[index] }

    var x = message._mutatingExtracting(head.count..<start)
    try self.handshake.generateEphemeral(into: &x, with: &crypto)
    try self.handshake.beginSchedule(ownEphemeral: message.span.extracting(head.count..<start), with: &crypto)
    var next = InlineArray<32, UInt8>(repeating: 0)
    defer { next.erase() }
    var key = next.mutableSpan
    try self.handshake.nextKey(.salt3e2m, own: own.key, into: &key, with: &crypto)

    var buffer = message._mutatingExtracting(start..<start + count)
    _ = try self.handshake.schedule.prove(
      own, connection: connectionItem.span.extracting(0..<connectionBytes), ead: ead, mac: .mac2, secret: next.span,
      into: &buffer, with: crypto)
    try self.handshake.received.fillKeystream(count: count, from: self.handshake.schedule, with: crypto)
    try self.handshake.advance(plaintext: buffer.span, credential: own.credential.bytes, with: crypto)
    for index in buffer.indices { buffer[index] ^= self.handshake.received.bytes[index] }
    self.handshake.received.erase()
    self.handshake.schedule.secret = next
    self.handshake.step = .sent2
    return start + count
  }
}
