/// The thumbprint of a P-256 public key (RFC 9679): how Muster names raw keys on labels, in lists and in descriptors.
public enum KeyThumbprint {
  /// A thumbprint, in bytes.
  public static let bytes = 32
  /// Its beginning, which serves as key identifier (kid), in bytes. A hint where to look, never a proof.
  public static let keyIdentifierBytes = 8

  /// Computes the SHA-256 thumbprint of a key.
  ///
  /// It covers the required members of the COSE_Key in deterministic encoding, and so neither its kid nor its use:
  ///
  ///     { 1 (kty): 2 (EC2), -1 (crv): 1 (P-256), -2 (x): bstr, -3 (y): bstr }
  ///
  /// - Parameters:
  ///   - publicKey: 64 bytes, x and y, big-endian; any other length throws `unsupported`.
  ///   - thumbprint: exactly 32 bytes.
  ///   - crypto: hashes.
  public static func compute<Crypto: Cryptography & ~Copyable>(
    of publicKey: Span<UInt8>, into thumbprint: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    guard publicKey.count == 64 else { throw .unsupported }
    var hash = try crypto.makeHash()
    let start: InlineArray<8, UInt8> = [0xA4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20]
    try hash.update(start.span)
    try hash.update(publicKey.extracting(0..<32))
    let middle: InlineArray<3, UInt8> = [0x22, 0x58, 0x20]
    try hash.update(middle.span)
    try hash.update(publicKey.extracting(32..<64))
    try hash.finish(into: &thumbprint)
  }
}
