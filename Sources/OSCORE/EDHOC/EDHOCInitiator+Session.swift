public import COSE

extension EDHOCInitiator {
  /// Decrypts message 4 (RFC 9528 §5.5.3), which confirms the keys to an initiator that sends no protected request with
  /// message 3.
  ///
  /// - Throws: `errorMessage` for an error message, and the session goes on. Anything else ends it.
  public mutating func readMessage4<Crypto: SessionCryptography & ~Copyable>(
    _ message: Span<UInt8>, understanding labels: EADLabels = .none, with crypto: inout Crypto
  ) throws(EDHOCError) {
    try self.handshake.require(.complete)
    do throws(EDHOCError) {
      let contents = try Handshake.contents(of: message)
      try self.handshake.received.take(message.extracting(contents), tagBytes: EDHOC.tagBytes)
      try self.handshake.received.open(self.handshake.schedule, key: .key4, nonce: .nonce4, with: &crypto)
      try self.handshake.received.readEAD(understanding: labels)
    } catch {
      if error != .errorMessage { self.end(with: &crypto) }
      throw error
    }
  }

  /// The OSCORE master secret and salt (RFC 9528 §A.1).
  ///
  /// C_R is the initiator's OSCORE sender ID and C_I its recipient ID.
  ///
  /// - Parameters:
  ///   - secret: exactly 16 bytes.
  ///   - salt: exactly 8 bytes.
  /// - Throws: `wrongStep` before message 3, `noSpace`, `cryptography`.
  public mutating func exportOSCORE<Crypto: Cryptography & ~Copyable>(
    secret: inout MutableSpan<UInt8>, salt: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    try self.handshake.exportOSCORE(secret: &secret, salt: &salt, with: crypto)
  }

  /// EDHOC_Exporter (RFC 9528 §4.2.1).
  ///
  /// - Parameters:
  ///   - label: 0 and 1 are OSCORE's; the registry is IANA's.
  ///   - output: at most 255 bytes.
  /// - Throws: `wrongStep` before message 3, `noSpace` for more than 255 bytes, `cryptography`.
  public mutating func export<Crypto: Cryptography & ~Copyable>(
    label: UInt8, context: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    try self.handshake.export(label: label, context: context, into: &output, with: crypto)
  }

  /// Gives the EAD of the message last received to `body`; nothing before that message is verified.
  public mutating func withEAD<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    self.handshake.withEAD(body)
  }
}
