public import COSE

extension EDHOCResponder {
  /// Makes message 4 (RFC 9528 §5.5.2), for an initiator that sent message 3 without a protected request.
  ///
  /// - Parameters:
  ///   - ead: EAD_4, encoded.
  ///   - message: gets the message at its front: 9 bytes without EAD.
  /// - Returns: its length.
  /// - Throws: `wrongStep` before message 3 is verified, `noSpace`, `tooLong`, `cryptography`.
  public mutating func writeMessage4<Crypto: SessionCryptography & ~Copyable>(
    ead: Span<UInt8> = Span(), into message: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(EDHOCError) -> Int {
    try self.handshake.require(.complete)
    guard ead.count <= EDHOC.maxPlaintextBytes else { throw .tooLong }
    let head = ByteStringHead(length: ead.count + EDHOC.tagBytes)
    let count = head.count + ead.count + EDHOC.tagBytes
    guard message.count >= count else { throw .noSpace }
    for index in 0..<head.count { message[index] = head.bytes[index] }
    for index in ead.indices { message[head.count + index] = ead[index] }
    do throws(CryptoError) {
      var keys = AEADKeys()
      defer { keys.erase() }
      try keys.derive(from: self.handshake.schedule, key: .key4, nonce: .nonce4, with: crypto)
      var buffer = message._mutatingExtracting(head.count..<count)
      try keys.seal(&buffer, with: &crypto)
    } catch {
      throw .cryptography(error)
    }
    return count
  }

  /// The OSCORE master secret and salt (RFC 9528 §A.1).
  ///
  /// C_I is the responder's OSCORE sender ID and C_R its recipient ID.
  ///
  /// - Parameters:
  ///   - secret: exactly 16 bytes.
  ///   - salt: exactly 8 bytes.
  /// - Throws: `wrongStep` before message 3 is verified, `noSpace`, `cryptography`.
  public func exportOSCORE<Crypto: Cryptography & ~Copyable>(
    secret: inout MutableSpan<UInt8>, salt: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    try self.handshake.exportOSCORE(secret: &secret, salt: &salt, with: crypto)
  }

  /// EDHOC_Exporter (RFC 9528 §4.2.1).
  ///
  /// - Parameters:
  ///   - label: 0 and 1 are OSCORE's; the registry is IANA's.
  ///   - output: at most 255 bytes.
  /// - Throws: `wrongStep` before message 3 is verified, `noSpace` for more than 255 bytes, `cryptography`.
  public func export<Crypto: Cryptography & ~Copyable>(
    label: UInt8, context: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    try self.handshake.export(label: label, context: context, into: &output, with: crypto)
  }
}
