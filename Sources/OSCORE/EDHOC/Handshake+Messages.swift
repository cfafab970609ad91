import COSE

extension Handshake {
  /// Encrypts message 3's plaintext in place and takes it into the transcript, in this order: the keys are of TH_3, and
  /// TH_4 is over the plaintext (RFC 9528 §5.4.2).
  mutating func seal3<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, _ credential: Span<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) {
    do throws(CryptoError) {
      var keys = AEADKeys()
      defer { keys.erase() }
      try keys.derive(from: self.schedule, key: .key3, nonce: .nonce3, with: crypto)
      try self.schedule.advance(
        plaintext: buffer.span.extracting(0..<buffer.count - EDHOC.tagBytes), credential: credential, with: crypto)
      try keys.seal(&buffer, with: &crypto)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Takes a plaintext of one's own into the transcript.
  mutating func advance<Crypto: Cryptography & ~Copyable>(
    plaintext: Span<UInt8>, credential: Span<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    do throws(CryptoError) {
      try self.schedule.advance(plaintext: plaintext, credential: credential, with: crypto)
    } catch {
      throw .cryptography(error)
    }
  }

  /// EDHOC_Exporter.
  func export<Crypto: Cryptography & ~Copyable>(
    label: UInt8, context: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    try self.require(.complete)
    guard output.count <= 255 else { throw .noSpace }
    do throws(CryptoError) {
      try self.schedule.export(label: label, context: context, into: &output, with: crypto)
    } catch {
      throw .cryptography(error)
    }
  }

  /// The OSCORE master secret and salt.
  func exportOSCORE<Crypto: Cryptography & ~Copyable>(
    secret: inout MutableSpan<UInt8>, salt: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    guard secret.count == EDHOC.masterSecretBytes, salt.count == EDHOC.masterSaltBytes else { throw .noSpace }
    try self.export(label: 0, context: Span(), into: &secret, with: crypto)
    try self.export(label: 1, context: Span(), into: &salt, with: crypto)
  }

  /// The EAD of what was received last.
  mutating func withEAD<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    let isVerified = self.step != .received2 && self.step != .received3
    let start = isVerified ? self.received.layout.eadStart : self.received.count
    return body(self.received.bytes.span.extracting(start..<self.received.count))
  }
}
