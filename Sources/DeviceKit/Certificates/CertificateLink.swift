import COSE

/// What is kept of a certificate while its issuer's takes the scratch buffer: enough to check that the one issued the
/// other.
///
/// Its methods, like ``Certificate``'s, are `mutating` where they need not be: the values are large, and Embedded Swift
/// would pass them as copies on the stack.
struct CertificateLink {
  private var digest = InlineArray<32, UInt8>(repeating: 0)
  private var signature = InlineArray<64, UInt8>(repeating: 0)

  /// Keeps what a certificate's issuer signed.
  mutating func keep<Crypto: Cryptography & ~Copyable>(
    signed: Range<Int>, signature encoded: Range<Int>, _ bytes: Span<UInt8>, crypto: inout Crypto
  ) throws(Rejection) {
    signature = InlineArray(repeating: 0)
    do throws(CertificateRefusal) {
      try ECDSASignature.unpack(bytes, encoded, into: &signature)
    } catch {
      throw Rejection(error)
    }
    try crypto.hash(bytes.extracting(signed), into: &digest)
  }

  /// Whether a key made the signature.
  ///
  /// - Parameter publicKey: An uncompressed point.
  mutating func isSigned<Crypto: Cryptography & ~Copyable>(
    by publicKey: Span<UInt8>, crypto: inout Crypto
  ) throws(Rejection) -> Bool {
    do throws(CryptoError) {
      try crypto.verify(signature.span, digest: digest.span, publicKey: publicKey)
      return true
    } catch {
      if error == .badSignature { return false }
      if error == .badPoint { throw Rejection(CertificateRefusal.publicKey) }
      throw Rejection(error)
    }
  }
}
