import COSE

/// A credential: a raw public key as a CWT Claims Set (RFC 8392; RFC 9528 §3.5.2), in its exact bytes.
///
///     { ? 2: subject, 8: { 1: { 1: 2, ? 2: kid, -1: 1, -2: x, -3: y } } }
///
/// It points into the bytes it was read from.
public struct Credential: ~Escapable {
  /// The bytes that hashes and MACs cover.
  public let bytes: Span<UInt8>
  /// 32 bytes, big-endian.
  public let x: Span<UInt8>
  /// 32 bytes, big-endian.
  public let y: Span<UInt8>
  /// Empty when the credential does not say it.
  public let keyIdentifier: Span<UInt8>

  /// Reads a claims set strictly: deterministic, P-256, both coordinates, no claim or parameter but those above.
  ///
  /// - Throws: `credential`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) throws(EDHOCError) {
    self.bytes = bytes
    var kid = bytes.extracting(0..<0)
    do throws(CBORError) {
      var reader = try CBORReader(bytes)
      let claims = try reader.map()
      if claims == 2 {
        guard try reader.uint32() == 2 else { throw .wrongType }
        _ = try reader.text()
      } else if claims != 1 {
        throw .wrongType
      }
      guard try reader.uint32() == 8, try reader.map() == 1, try reader.uint32() == 1 else { throw .wrongType }
      let parameters = try reader.map()
      guard try reader.uint32() == 1, try reader.uint32() == 2 else { throw .wrongType }
      if parameters == 5 {
        guard try reader.uint32() == 2 else { throw .wrongType }
        kid = try reader.byteString()
      } else if parameters != 4 {
        throw .wrongType
      }
      guard try reader.int() == -1, try reader.uint32() == 1, try reader.int() == -2 else { throw .wrongType }
      self.x = try reader.byteString()
      guard try reader.int() == -3 else { throw .wrongType }
      self.y = try reader.byteString()
      guard reader.isAtEnd else { throw .trailingBytes }
    } catch {
      throw .credential
    }
    guard self.x.count == EDHOC.coordinateBytes, self.y.count == EDHOC.coordinateBytes,
      kid.count <= KeyIdentifier.maxBytes
    else { throw .credential }
    self.keyIdentifier = kid
  }

  /// The key alone.
  public var publicKey: RawPublicKey { RawPublicKey(x: self.x, y: self.y) }
}
