/// HMAC with SHA-256 (RFC 2104), over a provider's hash, for messages that come in pieces.
///
/// Made here out of the hash rather than asked of the provider: keys of a session are in memory anyway, and PSA's own HMAC
/// costs more flash and a kilobyte of stack (docs/decisions/0008-hmac-on-the-hash.md).
public struct HMACSHA256<Hash: SHA256Hash> {
  private var inner: Hash
  private var outer: Hash

  /// Begins a computation.
  ///
  /// - Parameter key: at most 64 bytes, SHA-256's block; longer throws `unsupported`.
  public init<Crypto: Cryptography & ~Copyable>(
    key: Span<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) where Crypto.Hash == Hash {
    guard key.count <= 64 else { throw .unsupported }
    self.inner = try crypto.makeHash()
    self.outer = try crypto.makeHash()
    var pad = InlineArray<64, UInt8>(repeating: 0x36)
    defer { pad.erase() }
    for index in key.indices { pad[index] ^= key[index] }
    try self.inner.update(pad.span)
    for index in pad.indices { pad[index] ^= 0x36 ^ 0x5C }
    try self.outer.update(pad.span)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
    try self.inner.update(bytes)
  }

  /// Ends the computation.
  ///
  /// - Parameter code: exactly 32 bytes; any other length throws `unsupported`.
  public mutating func finish(into code: inout MutableSpan<UInt8>) throws(CryptoError) {
    try self.inner.finish(into: &code)
    try self.outer.update(code.span)
    try self.outer.finish(into: &code)
  }
}
