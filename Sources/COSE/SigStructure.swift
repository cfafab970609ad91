/// What an ES256 signature of a COSE_Sign1 covers (RFC 9052 §4.4).
///
///     Sig_structure = [ "Signature1", body_protected : bstr, external_aad : bstr, payload : bstr ]
public enum SigStructure {
  /// Begins a hash with everything that stands before the payload, for one that comes in pieces: the caller adds them and
  /// finishes.
  ///
  /// - Parameters:
  ///   - hash: a new one.
  ///   - protected: the protected header's encoding.
  ///   - externalAAD: what both sides know and is signed along without being sent.
  ///   - payloadBytes: how long the payload is that follows.
  public static func begin<Hash: SHA256Hash>(
    _ hash: inout Hash, protected: Span<UInt8>, externalAAD: Span<UInt8>, payloadBytes: Int
  ) throws(CryptoError) {
    // An array of four; a text of ten: the context that keeps the signature from meaning anything else.
    let context: InlineArray<12, UInt8> = [
      0x84, 0x6A, 0x53, 0x69, 0x67, 0x6E, 0x61, 0x74, 0x75, 0x72, 0x65, 0x31,
    ]
    try hash.update(context.span)
    try Self.addHead(protected.count, to: &hash)
    try hash.update(protected)
    try Self.addHead(externalAAD.count, to: &hash)
    try hash.update(externalAAD)
    try Self.addHead(payloadBytes, to: &hash)
  }

  /// Hashes the structure piece by piece, so that it never stands in memory whole.
  static func hash<Crypto: Cryptography & ~Copyable>(
    protected: Span<UInt8>, externalAAD: Span<UInt8>, payload: Span<UInt8>,
    with crypto: borrowing Crypto, into digest: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    var hash = try crypto.makeHash()
    try Self.begin(&hash, protected: protected, externalAAD: externalAAD, payloadBytes: payload.count)
    try hash.update(payload)
    try hash.finish(into: &digest)
  }

  private static func addHead<Hash: SHA256Hash>(_ count: Int, to hash: inout Hash) throws(CryptoError) {
    var head = InlineArray<9, UInt8>(repeating: 0)
    var headBytes = head.mutableSpan
    let length = CBORHead.write(.bytes, UInt64(widening: count), to: &headBytes, at: 0)
    try hash.update(headBytes.span.extracting(0..<length))
  }
}
