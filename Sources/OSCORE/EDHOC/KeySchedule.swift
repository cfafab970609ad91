import COSE

/// The secrets of a session as they follow from one another (RFC 9528 §4.1): one transcript hash and one pseudorandom
/// key, each replaced by its successor.
struct KeySchedule: ~Copyable {
  /// H(message_1), then TH_2, TH_3, TH_4.
  var transcript = InlineArray<32, UInt8>(repeating: 0)
  /// PRK_2e, then PRK_3e2m, PRK_4e3m.
  var secret = InlineArray<32, UInt8>(repeating: 0)

  /// EDHOC_KDF (RFC 9528 §4.1.2): HKDF-Expand with info = (label, context, length).
  ///
  /// - Parameter output: at most 255 bytes.
  @inline(never)
  static func derive<Crypto: Cryptography & ~Copyable>(
    _ label: UInt8, from secret: Span<UInt8>, context: borrowing KDFContext, into output: inout MutableSpan<UInt8>,
    with crypto: borrowing Crypto
  ) throws(CryptoError) {
    let head = ByteStringHead(length: context.count)
    let length = output.count
    // Labels from 24 on and lengths take a second byte.
    let labelItem: InlineArray<2, UInt8> = label < 24 ? [label, 0] : [0x18, label]
    let lengthItem: InlineArray<2, UInt8> =
      length < 24 ? [UInt8(truncatingIfNeeded: length), 0] : [0x18, UInt8(truncatingIfNeeded: length)]
    try HKDF.expand(key: secret, into: &output, with: crypto) { code throws(CryptoError) in
      try code.update(labelItem.span.extracting(0..<(label < 24 ? 1 : 2)))
      try code.update(head.bytes.span.extracting(0..<head.count))
      try context.add(to: &code)
      try code.update(lengthItem.span.extracting(0..<(length < 24 ? 1 : 2)))
    }
  }

  /// EDHOC_KDF with the transcript hash as its context.
  func derive<Crypto: Cryptography & ~Copyable>(
    _ label: KDFLabel, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    try Self.derive(
      label.rawValue, from: self.secret.span, context: KDFContext(self.transcript.span), into: &output, with: crypto)
  }

  /// TH_2 = H( G_Y, H(message_1) ), and PRK_2e = EDHOC_Extract( TH_2, G_XY ) (RFC 9528 §4.1.1.1).
  mutating func begin<Crypto: Cryptography & ~Copyable>(
    responderEphemeral: Span<UInt8>, shared: Span<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    var hash = try crypto.makeHash()
    let head: InlineArray<2, UInt8> = [0x58, 0x20]
    try hash.update(head.span)
    try hash.update(responderEphemeral)
    try hash.update(head.span)
    try hash.update(self.transcript.span)
    var digest = self.transcript.mutableSpan
    try hash.finish(into: &digest)
    var key = self.secret.mutableSpan
    try HKDF.extract(salt: self.transcript.span, secret: shared, into: &key, with: crypto)
  }

  /// The next pseudorandom key: EDHOC_Extract( SALT, the shared secret ) with SALT_3e2m or SALT_4e3m (§4.1.1.2, .3).
  /// The present one stays in force until `advance`.
  func next<Crypto: Cryptography & ~Copyable>(
    _ label: KDFLabel, shared: Span<UInt8>, into key: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    var salt = InlineArray<32, UInt8>(repeating: 0)
    defer { salt.erase() }
    var bytes = salt.mutableSpan
    try self.derive(label, into: &bytes, with: crypto)
    try HKDF.extract(salt: salt.span, secret: shared, into: &key, with: crypto)
  }

  /// TH_3 = H( TH_2, PLAINTEXT_2, CRED_R ), TH_4 likewise, over the bytes that crossed the line (RFC 9528 §5.3.2, 5.4.2).
  mutating func advance<Crypto: Cryptography & ~Copyable>(
    plaintext: Span<UInt8>, credential: Span<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    var hash = try crypto.makeHash()
    let head: InlineArray<2, UInt8> = [0x58, 0x20]
    try hash.update(head.span)
    try hash.update(self.transcript.span)
    try hash.update(plaintext)
    try hash.update(credential)
    var digest = self.transcript.mutableSpan
    try hash.finish(into: &digest)
  }

  /// Forgets everything.
  mutating func erase() {
    self.transcript.erase()
    self.secret.erase()
  }
}
