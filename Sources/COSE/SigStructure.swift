/// What an ES256 signature of a COSE_Sign1 covers (RFC 9052 §4.4).
///
///     Sig_structure = [ "Signature1", body_protected : bstr, external_aad : bstr, payload : bstr ]
enum SigStructure {
  /// Hashes the structure piece by piece, so that it never stands in memory whole.
  static func hash<Crypto: Cryptography & ~Copyable>(
    protected: Span<UInt8>, externalAAD: Span<UInt8>, payload: Span<UInt8>,
    with crypto: borrowing Crypto, into digest: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    var hash = try crypto.makeHash()
    // An array of four; a text of ten: the context that keeps the signature from meaning anything else.
    let context: InlineArray<12, UInt8> = [
      0x84, 0x6A, 0x53, 0x69, 0x67, 0x6E, 0x61, 0x74, 0x75, 0x72, 0x65, 0x31,
    ]
    try hash.update(context.span)
    try Self.add(protected, to: &hash)
    try Self.add(externalAAD, to: &hash)
    try Self.add(payload, to: &hash)
    try hash.finish(into: &digest)
  }

  private static func add<Hash: SHA256Hash>(_ bytes: Span<UInt8>, to hash: inout Hash) throws(CryptoError) {
    var head = InlineArray<9, UInt8>(repeating: 0)
    var headBytes = head.mutableSpan
    let count = CBORHead.write(.bytes, UInt64(widening: bytes.count), to: &headBytes, at: 0)
    try hash.update(headBytes.span.extracting(0..<count))
    try hash.update(bytes)
  }
}
