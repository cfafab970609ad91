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
    let start = try Self.keyStart(bytes)
    // Everything but subject, kid and coordinates is always the same, so it is compared and not parsed.
    let tail = bytes.count - Self.coordinatesBytes
    let isNamed = tail > start + 6
    let head: InlineArray<7, UInt8> = [0x08, 0xA1, 0x01, isNamed ? 0xA5 : 0xA4, 0x01, 0x02, 0x02]
    guard Self.holds(bytes, head.span.extracting(0..<(isNamed ? 7 : 6)), at: start),
      Self.holds(bytes, Self.curveAndX.span, at: tail), Self.holds(bytes, Self.y.span, at: tail + 37)
    else { throw .credential }
    self.x = bytes.extracting(tail + 5..<tail + 37)
    self.y = bytes.extracting(tail + 40..<tail + 72)
    guard isNamed else {
      self.keyIdentifier = bytes.extracting(0..<0)
      return
    }
    let item = bytes.extracting(start + 7..<tail)
    let kid: Range<Int>
    do throws(EDHOCError) {
      kid = try ByteStringHead.contents(atFrontOf: item)
    } catch {
      throw .credential
    }
    guard kid.upperBound == item.count, kid.count <= KeyIdentifier.maxBytes else { throw .credential }
    self.keyIdentifier = item.extracting(kid)
  }

  /// The key alone.
  public var publicKey: RawPublicKey { RawPublicKey(x: self.x, y: self.y) }

  /// -1: 1, -2: and the head of x; then x.
  static let curveAndX: InlineArray<5, UInt8> = [0x20, 0x01, 0x21, 0x58, 0x20]
  /// -3: and the head of y; then y.
  static let y: InlineArray<3, UInt8> = [0x22, 0x58, 0x20]
  /// -1: 1, -2: x, -3: y, with which every credential ends.
  static let coordinatesBytes = 72

  /// Where the confirmation claim begins: behind the map's head and a subject, if there is one.
  private static func keyStart(_ bytes: Span<UInt8>) throws(EDHOCError) -> Int {
    // Room for a key behind it; what stands there is looked at later.
    guard bytes.count >= 1 + 6 + Self.coordinatesBytes else { throw .credential }
    if bytes[0] == 0xA1 { return 1 }
    guard bytes[0] == 0xA2, bytes[1] == 0x02 else { throw .credential }
    do throws(CBORError) {
      var reader = try CBORReader(bytes.extracting(2..<bytes.count))
      guard reader.kind == .text else { throw .wrongType }
      let end = 2 + (try reader.encodedItem().count)
      guard bytes.count - end >= 6 + Self.coordinatesBytes else { throw .truncated }
      return end
    } catch {
      throw .credential
    }
  }

  private static func holds(_ bytes: Span<UInt8>, _ part: Span<UInt8>, at start: Int) -> Bool {
    for index in part.indices where bytes[start + index] != part[index] { return false }
    return true
  }
}
