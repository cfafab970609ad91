import COSE

/// K_3 and IV_3 with A_3, or K_4 and IV_4 with A_4 (RFC 9528 §5.4.2, §5.5.2): COSE_Encrypt0 without headers.
struct AEADKeys: ~Copyable {
  private var key = InlineArray<16, UInt8>(repeating: 0)
  private var nonce = InlineArray<13, UInt8>(repeating: 0)
  private var additionalData = InlineArray<45, UInt8>(repeating: 0)

  /// Zeros, until `derive`.
  init() {}

  /// Derives them in place.
  mutating func derive<Crypto: Cryptography & ~Copyable>(
    from schedule: borrowing KeySchedule, key keyLabel: KDFLabel, nonce nonceLabel: KDFLabel,
    with crypto: borrowing Crypto
  ) throws(CryptoError) {
    var keyBytes = self.key.mutableSpan
    try schedule.derive(keyLabel, into: &keyBytes, with: crypto)
    var nonceBytes = self.nonce.mutableSpan
    try schedule.derive(nonceLabel, into: &nonceBytes, with: crypto)
    // ["Encrypt0", h'', TH]: RFC 9052 §5.3.
    let head: InlineArray<13, UInt8> = [
      0x83, 0x68, 0x45, 0x6E, 0x63, 0x72, 0x79, 0x70, 0x74, 0x30, 0x40, 0x58, 0x20,
    ]
    for index in head.indices { self.additionalData[index] = head[index] }
    for index in 0..<32 { self.additionalData[13 + index] = schedule.transcript[index] }
  }

  /// Encrypts in place.
  ///
  /// - Parameter buffer: the plaintext and 8 bytes for the tag.
  func seal<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(CryptoError) {
    try crypto.seal(
      &buffer, key: self.key.span, nonce: self.nonce.span, additionalData: self.additionalData.span)
  }

  /// Decrypts in place; the plaintext is all but the last 8 bytes.
  func open<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, with crypto: inout Crypto
  ) throws(CryptoError) {
    try crypto.open(
      &buffer, key: self.key.span, nonce: self.nonce.span, additionalData: self.additionalData.span)
  }

  mutating func erase() {
    self.key.erase()
    self.nonce.erase()
  }
}
