/// A COSE_Sign1 object with ES256 (RFC 9052 §4.2, RFC 9053 §2.1), over the bytes it was received in.
///
/// Parsing checks the form only: `verify` says whether the signature holds. Nothing in it may be believed before.
public struct COSESign1: ~Escapable {
  /// The protected header's encoding, as it was signed.
  public let protected: Span<UInt8>
  /// The key identifier (kid), empty when there is none. A hint where to look, never a proof.
  public let keyIdentifier: Span<UInt8>
  /// The content.
  public let payload: Span<UInt8>
  /// r and s, 64 bytes.
  public let signature: Span<UInt8>

  /// Parses one object, with or without its tag 18.
  ///
  /// The header must name ES256 in its protected part and nowhere else. Other parameters are ignored, as RFC 9052 §3.1
  /// wants it, unless the header calls some of them critical.
  ///
  /// - Throws: `encoding`, `notSign1`, `wrongAlgorithm` or `criticalParameter`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) throws(COSEError) {
    let algorithm: Int64?
    let isCritical: Bool
    do throws(CBORError) {
      var reader = try CBORReader(bytes)
      if reader.kind == .tag, try reader.tag() != 18 { throw .wrongType }
      guard try reader.array() == 4 else { throw .wrongType }
      self.protected = try reader.byteString()
      let signed = try COSEHeader(self.protected)
      let unsigned = try COSEHeader(try reader.encodedItem())
      self.keyIdentifier = signed.keyIdentifier.isEmpty ? unsigned.keyIdentifier : signed.keyIdentifier
      self.payload = try reader.byteString()
      self.signature = try reader.byteString()
      guard reader.isAtEnd else { throw .trailingBytes }
      guard self.signature.count == ES256.signatureBytes else { throw .wrongType }
      algorithm = unsigned.algorithm == nil ? signed.algorithm : nil
      isCritical = signed.isCritical || unsigned.isCritical
    } catch {
      throw error == .wrongType ? .notSign1 : .encoding(error)
    }
    guard algorithm == ES256.algorithm else { throw .wrongAlgorithm }
    guard !isCritical else { throw .criticalParameter }
  }

  /// Checks the signature over the bytes received.
  ///
  /// - Parameters:
  ///   - publicKey: the signer's, an uncompressed P-256 point of 65 bytes.
  ///   - externalAAD: what both sides know and is signed along without being sent (RFC 9052 §4.4); usually empty.
  ///   - crypto: hashes and verifies.
  /// - Throws: `cryptography`, with `badSignature` when it does not hold.
  public func verify<Crypto: Cryptography & ~Copyable>(
    publicKey: Span<UInt8>, externalAAD: Span<UInt8> = Span(), with crypto: inout Crypto
  ) throws(COSEError) {
    var digest = InlineArray<32, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var digestBytes = digest.mutableSpan
      try SigStructure.hash(
        protected: self.protected, externalAAD: externalAAD, payload: self.payload, with: crypto, into: &digestBytes)
      try crypto.verify(self.signature, digest: digestBytes.span, publicKey: publicKey)
    } catch {
      throw .cryptography(error)
    }
  }
}
