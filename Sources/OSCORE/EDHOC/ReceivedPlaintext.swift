import COSE

/// The peer's decrypted message, kept until it is verified: more than one credential may have to be tried.
struct ReceivedPlaintext: ~Copyable {
  /// The plaintext and, while it is being decrypted, its tag.
  private(set) var bytes = InlineArray<168, UInt8>(repeating: 0)
  private(set) var count = 0
  private(set) var layout = PlaintextLayout()

  /// Takes the bytes of an encrypted message, or of EAD that needs no decryption.
  ///
  /// - Parameter tagBytes: how many at the end are no plaintext.
  mutating func take(_ received: Span<UInt8>, tagBytes: Int) throws(EDHOCError) {
    let count = received.count - tagBytes
    guard count >= 0 else { throw .truncated }
    guard count <= EDHOC.maxPlaintextBytes else { throw .tooLong }
    for index in received.indices { self.bytes[index] = received[index] }
    self.count = count
    self.layout = PlaintextLayout()
  }

  /// Fills the front with KEYSTREAM_2 (RFC 9528 §5.3.2), for the initiator to decrypt with and the responder to encrypt.
  mutating func fillKeystream<Crypto: Cryptography & ~Copyable>(
    count: Int, from schedule: borrowing KeySchedule, with crypto: borrowing Crypto
  ) throws(EDHOCError) {
    guard count <= EDHOC.maxPlaintextBytes else { throw .tooLong }
    do throws(CryptoError) {
      var whole = self.bytes.mutableSpan
      var keystream = whole._mutatingExtracting(0..<count)
      try schedule.derive(.keystream2, into: &keystream, with: crypto)
    } catch {
      throw .cryptography(error)
    }
    self.count = count
    self.layout = PlaintextLayout()
  }

  /// Makes a plaintext of the keystream.
  mutating func decrypt(_ ciphertext: Span<UInt8>) {
    for index in ciphertext.indices { self.bytes[index] ^= ciphertext[index] }
  }

  /// Decrypts message 3 or 4 where it stands.
  mutating func open<Crypto: SessionCryptography & ~Copyable>(
    _ schedule: borrowing KeySchedule, key: KDFLabel, nonce: KDFLabel, with crypto: inout Crypto
  ) throws(EDHOCError) {
    do throws(CryptoError) {
      var whole = self.bytes.mutableSpan
      var buffer = whole._mutatingExtracting(0..<self.count + EDHOC.tagBytes)
      var keys = AEADKeys()
      defer { keys.erase() }
      try keys.derive(from: schedule, key: key, nonce: nonce, with: crypto)
      try keys.open(&buffer, with: &crypto)
    } catch {
      throw error == .badTag ? .badCiphertext : .cryptography(error)
    }
  }

  /// Reads the fields of a plaintext and checks its EAD.
  mutating func read(hasConnection: Bool, understanding labels: EADLabels) throws(EDHOCError) -> PeerIdentity {
    let plaintext = self.bytes.span.extracting(0..<self.count)
    let layout = try PlaintextLayout(plaintext, hasConnection: hasConnection)
    try EADItems.check(plaintext.extracting(layout.eadStart..<self.count), understanding: labels)
    self.layout = layout
    let identity = plaintext.extracting(layout.identity)
    if layout.isByValue { return .value(try Credential(identity).publicKey) }
    guard let identifier = KeyIdentifier(identity) else { throw .credentialIdentifier }
    return .keyIdentifier(identifier)
  }

  /// Reads what is nothing but EAD: that of message 1, and the plaintext of message 4.
  mutating func readEAD(understanding labels: EADLabels) throws(EDHOCError) {
    try EADItems.check(self.bytes.span.extracting(0..<self.count), understanding: labels)
  }

  /// C_R in message 2.
  func connection() throws(EDHOCError) -> ConnectionIdentifier {
    try ConnectionIdentifier(item: self.bytes.span.extracting(0..<self.layout.connectionEnd))
  }

  mutating func erase() {
    self.bytes.erase()
    self.count = 0
    self.layout = PlaintextLayout()
  }
}
