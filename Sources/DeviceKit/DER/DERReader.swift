/// Walks DER elements (X.690) one after another, and refuses what DER does not allow.
///
/// Tags of one octet, lengths definite, minimal and under 64 KiB, and no element reaching over the end of the one around it.
/// The end may lie behind the bytes at hand: then headers can be walked and contents skipped, which is how a PKCS#7 is read
/// that stands in flash.
struct DERReader: ~Escapable {
  private let bytes: Span<UInt8>
  /// Where the next element begins.
  private(set) var position: Int
  /// Where the last element has to end.
  let end: Int

  /// Reads the elements that fill a range.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position == end }

  /// Whether there is another element and it has this tag.
  func isNext(_ tag: UInt8) -> Bool {
    position < min(end, bytes.count) && bytes[position] == tag
  }

  /// Steps over the next element, which has to have this tag, and returns where its content stands.
  mutating func next(_ tag: UInt8) throws(CertificateRefusal) -> Range<Int> {
    guard isNext(tag) else { throw .malformed }
    return try nextOfAnyTag()
  }

  /// Steps over the next element and returns where its content stands.
  mutating func nextOfAnyTag() throws(CertificateRefusal) -> Range<Int> {
    let limit = min(end, bytes.count)
    guard limit - position >= 2, bytes[position] & 0x1F != 0x1F else { throw .malformed }
    var start = position + 2
    var count = Int(bytes[position + 1])
    if count >= 0x80 {
      let octets = count & 0x7F
      guard octets == 1 || octets == 2, limit - start >= octets else { throw .malformed }
      count = 0
      for index in start..<(start + octets) { count = count << 8 | Int(bytes[index]) }
      guard count >= (octets == 1 ? 0x80 : 0x100) else { throw .malformed }
      start += octets
    }
    guard count <= end - start else { throw .malformed }
    position = start + count
    return start..<position
  }

  /// Steps into the next element, which has to have this tag.
  @_lifetime(copy self)
  mutating func enter(_ tag: UInt8) throws(CertificateRefusal) -> DERReader {
    let content = try next(tag)
    return DERReader(bytes, content)
  }

  /// Steps over an object identifier.
  mutating func objectIdentifier() throws(CertificateRefusal) -> UInt64 {
    ObjectIdentifier.read(bytes, try next(DERTag.objectIdentifier))
  }

  /// Requires that nothing follows.
  func finish() throws(CertificateRefusal) {
    guard isAtEnd else { throw .malformed }
  }
}
