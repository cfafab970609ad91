public import COSE

extension EDHOCInitiator {
  /// Makes message 3 (RFC 9528 §5.4.2). After it keys can be exported; the responder has them once it has verified.
  ///
  /// - Parameters:
  ///   - own: the credential and the key to prove.
  ///   - ead: EAD_3, encoded; encrypted and authenticated.
  ///   - message: gets the message at its front: 28 bytes with a kid of 8 bytes and no EAD, 110 by value.
  /// - Returns: its length.
  /// - Throws: `noSpace`, `tooLong`, `cryptography`, and an encoding's fault in `ead`. All end the session.
  public mutating func writeMessage3<Crypto: SessionCryptography & ~Copyable>(
    _ own: borrowing OwnCredential, ead: Span<UInt8> = Span(), into message: inout MutableSpan<UInt8>,
    with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    try self.handshake.require(.verified2)
    do throws(EDHOCError) {
      return try self.makeMessage3(own, ead, into: &message, &crypto)
    } catch {
      self.end(with: &crypto)
      throw error
    }
  }

  private mutating func makeMessage3<Crypto: SessionCryptography & ~Copyable>(
    _ own: borrowing OwnCredential, _ ead: Span<UInt8>, into message: inout MutableSpan<UInt8>,
    _ crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    var next = InlineArray<32, UInt8>(repeating: 0)
    defer { next.erase() }
    var key = next.mutableSpan
    try self.handshake.nextKey(.salt4e3m, own: own.key, into: &key, with: &crypto)
    let count = own.writtenBytes + 1 + EDHOC.macBytes + ead.count
    let head = ByteStringHead(length: count + EDHOC.tagBytes)
    guard count <= EDHOC.maxPlaintextBytes else { throw .tooLong }
    guard message.count >= head.count + count + EDHOC.tagBytes else { throw .noSpace }
    message.copy(head.bytes.span.extracting(0..<head.count), at: 0)
    var buffer = message._mutatingExtracting(head.count..<head.count + count + EDHOC.tagBytes)
    _ = try self.handshake.schedule.prove(
      own, connection: Span(), ead: ead, mac: .mac3, secret: next.span, into: &buffer, with: crypto)
    try self.handshake.seal3(&buffer, own.credential.bytes, with: &crypto)
    self.handshake.schedule.secret = next
    self.handshake.step = .complete
    return head.count + count + EDHOC.tagBytes
  }
}
