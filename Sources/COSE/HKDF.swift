/// HKDF with SHA-256 (RFC 5869): keys out of a shared secret.
public enum HKDF {
  /// HKDF-Extract (RFC 5869 §2.2).
  ///
  /// - Parameters:
  ///   - salt: at most 64 bytes; none is the same as 32 zero bytes.
  ///   - secret: the input keying material.
  ///   - key: gets the pseudorandom key, exactly 32 bytes. It may not be the memory that `salt` or `secret` stand in.
  public static func extract<Crypto: Cryptography & ~Copyable>(
    salt: Span<UInt8>, secret: Span<UInt8>, into key: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    var code = try HMACSHA256(key: salt, with: crypto)
    try code.update(secret)
    try code.finish(into: &key)
  }

  /// HKDF-Expand (RFC 5869 §2.3).
  ///
  /// - Parameters:
  ///   - key: a pseudorandom key of 32 bytes.
  ///   - output: filled whole; at most 255 · 32 bytes, or it throws `unsupported`.
  ///   - info: adds the info to what it is given. It is called once for every 32 bytes of output, so that info need not
  ///     stand in memory in one piece.
  public static func expand<Crypto: Cryptography & ~Copyable>(
    key: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto,
    info: (inout HMACSHA256<Crypto.Hash>) throws(CryptoError) -> Void
  ) throws(CryptoError) {
    guard output.count <= 255 * 32 else { throw .unsupported }
    var block = InlineArray<32, UInt8>(repeating: 0)
    defer { block.erase() }
    var number: UInt8 = 0
    var position = 0
    while position < output.count {
      number += 1
      var code = try HMACSHA256(key: key, with: crypto)
      if number > 1 { try code.update(block.span) }
      try info(&code)
      let counter: InlineArray<1, UInt8> = [number]
      try code.update(counter.span)
      var span = block.mutableSpan
      try code.finish(into: &span)
      for index in block.indices where position < output.count {
        output[position] = block[index]
        position += 1
      }
    }
  }

  /// HKDF-Expand for output of one block, with an info that stands in memory in one piece.
  ///
  /// - Parameters:
  ///   - key: a pseudorandom key of 32 bytes.
  ///   - output: filled whole; at most 32 bytes, or it throws `unsupported`.
  public static func expandBlock<Crypto: Cryptography & ~Copyable>(
    key: Span<UInt8>, info: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    guard output.count <= 32 else { throw .unsupported }
    var code = try HMACSHA256(key: key, with: crypto)
    try code.update(info)
    let counter: InlineArray<1, UInt8> = [1]
    try code.update(counter.span)
    var block = InlineArray<32, UInt8>(repeating: 0)
    defer { block.erase() }
    var span = block.mutableSpan
    try code.finish(into: &span)
    for index in output.indices { output[index] = block[index] }
  }
}
