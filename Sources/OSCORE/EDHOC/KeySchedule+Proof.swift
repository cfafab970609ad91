import COSE

extension KeySchedule {
  /// Writes PLAINTEXT_2 or PLAINTEXT_3 with one's own MAC.
  ///
  /// - Parameters:
  ///   - connection: C_R's item in message 2, nothing in message 3.
  ///   - secret: the key that belongs to this message, PRK_3e2m or PRK_4e3m.
  ///   - bytes: gets the plaintext at its front.
  /// - Returns: the plaintext's length.
  func prove<Crypto: Cryptography & ~Copyable>(
    _ own: borrowing OwnCredential, connection: Span<UInt8>, ead: Span<UInt8>, mac label: KDFLabel,
    secret: Span<UInt8>, into bytes: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) -> Int {
    var mac = InlineArray<8, UInt8>(repeating: 0)
    do throws(CryptoError) {
      let context = KDFContext(
        connection: connection, prefix: own.prefix, identity: own.identity, transcript: self.transcript.span,
        credential: own.credential.bytes, ead: ead)
      var code = mac.mutableSpan
      try Self.derive(label.rawValue, from: secret, context: context, into: &code, with: crypto)
    } catch {
      throw .cryptography(error)
    }
    do throws(CBORError) {
      var writer = CBORWriter(&bytes)
      writer.raw(connection)
      own.write(to: &writer)
      writer.bytes(mac.span)
      writer.raw(ead)
      let count = try writer.finish()
      guard count <= EDHOC.maxPlaintextBytes else { throw .unsupported }
      return count
    } catch {
      throw error == .unsupported ? .tooLong : EDHOCError(error)
    }
  }
}
