import COSE

extension KeySchedule {
  /// Verifies the MAC of a received plaintext against a credential, and goes on to the next key and transcript hash.
  ///
  /// - Parameters:
  ///   - credential: the credential's bytes.
  ///   - shared: the secret shared with the credential's key.
  ///   - salt, mac: the labels of this message.
  /// - Throws: `wrongMAC`, and nothing has changed.
  mutating func verify<Crypto: Cryptography & ~Copyable>(
    _ plaintext: Span<UInt8>, _ layout: PlaintextLayout, credential: Span<UInt8>, shared: Span<UInt8>,
    salt: KDFLabel, mac: KDFLabel, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    do throws(CryptoError) {
      var next = InlineArray<32, UInt8>(repeating: 0)
      defer { next.erase() }
      var key = next.mutableSpan
      try self.next(salt, shared: shared, into: &key, with: crypto)
      var expected = InlineArray<8, UInt8>(repeating: 0)
      var code = expected.mutableSpan
      try self.computeMAC(
        of: plaintext, layout, credential: credential, label: mac, secret: next.span, into: &code, with: crypto)
      // In constant time: how much of a guess is right is nobody's business.
      var difference: UInt8 = 0
      for index in expected.indices { difference |= expected[index] ^ plaintext[layout.macStart + index] }
      guard difference == 0 else { throw CryptoError.badTag }
      try self.advance(plaintext: plaintext, credential: credential, with: crypto)
      self.secret = next
    } catch {
      throw error == .badTag ? .wrongMAC : .cryptography(error)
    }
  }

  private func computeMAC<Crypto: Cryptography & ~Copyable>(
    of plaintext: Span<UInt8>, _ layout: PlaintextLayout, credential: Span<UInt8>, label: KDFLabel,
    secret: Span<UInt8>, into code: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    let prefix = layout.isByValue ? .value : IdentityPrefix(keyIdentifierBytes: layout.identity.count)
    let context = KDFContext(
      connection: plaintext.extracting(0..<layout.connectionEnd), prefix: prefix,
      identity: plaintext.extracting(layout.identity), transcript: self.transcript.span, credential: credential,
      ead: plaintext.extracting(layout.eadStart..<plaintext.count))
    try Self.derive(label.rawValue, from: secret, context: context, into: &code, with: crypto)
  }
}
