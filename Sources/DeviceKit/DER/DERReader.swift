/// Walks DER elements (X.690) one after another, and refuses what DER does not allow.
///
/// Tags of one octet, lengths definite, minimal and under 64 KiB, and no element reaching over the end of the one around
/// it. One cursor goes through the whole: ``enter(_:)`` narrows it to an element's contents and ``leave(_:)`` requires that
/// all of them were read, so nothing can hide behind what a reader expects.
///
/// The end may lie behind the bytes at hand: then headers can be walked and contents skipped, which is how a PKCS#7 is
/// read that stands in flash.
struct DERReader: ~Escapable {
  let bytes: Span<UInt8>
  /// Where the next element begins.
  private(set) var position: Int
  /// Where the element ends whose contents are being read.
  private(set) var end: Int

  /// Reads elements up to an end.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
    self.bytes = bytes
    position = start
    self.end = end
  }

  var isAtEnd: Bool { position == end }

  /// Whether there is another element and it has this tag.
  @inline(never)
  func isNext(_ tag: UInt8) -> Bool {
    position < end && position < bytes.count && bytes[position] == tag
  }

  /// Steps over the next element, which has to have this tag, and returns where its content stands.
  @inline(never)
  mutating func next(_ tag: UInt8) throws(CertificateRefusal) -> Range<Int> {
    guard isNext(tag) else { throw .malformed }
    return try nextOfAnyTag()
  }

  /// Steps over the next element and returns where its content stands.
  @inline(never)
  mutating func nextOfAnyTag() throws(CertificateRefusal) -> Range<Int> {
    var start = position + 2
    guard start <= end, start <= bytes.count, bytes[position] & 0x1F != 0x1F else { throw .malformed }
    var count = Int(bytes[position + 1])
    if count >= 0x80 {
      let octets = count - 0x80
      count = 0
      guard 1...2 ~= octets, start + octets <= bytes.count else { throw .malformed }
      let least = octets == 1 ? 0x80 : 0x100
      for _ in 0..<octets {
        count = count &<< 8 | Int(bytes[start])
        start += 1
      }
      guard count >= least else { throw .malformed }
    }
    guard start + count <= end else { throw .malformed }
    position = start + count
    return start..<position
  }

  /// Goes into the next element, which has to have this tag.
  ///
  /// - Returns: What ``leave(_:)`` wants.
  @inline(never)
  mutating func enter(_ tag: UInt8) throws(CertificateRefusal) -> Int {
    let content = try next(tag)
    let outerEnd = end
    position = content.lowerBound
    end = content.upperBound
    return outerEnd
  }

  /// Comes out of an element of which everything has to have been read.
  @inline(never)
  mutating func leave(_ outerEnd: Int) throws(CertificateRefusal) {
    guard isAtEnd else { throw .malformed }
    end = outerEnd
  }

  /// Steps over an object identifier.
  @inline(never)
  mutating func objectIdentifier() throws(CertificateRefusal) -> UInt64 {
    ObjectIdentifier.read(bytes, try next(DERTag.objectIdentifier))
  }

  /// Steps over an INTEGER that is positive and minimal, and returns where its magnitude stands; `nil` for any other.
  @inline(never)
  mutating func positiveInteger() throws(CertificateRefusal) -> Range<Int>? {
    let content = try next(DERTag.integer)
    guard !content.isEmpty, bytes[content.lowerBound] < 0x80 else { return nil }
    if bytes[content.lowerBound] != 0 { return content }
    guard content.count > 1, bytes[content.lowerBound + 1] >= 0x80 else { return nil }
    return (content.lowerBound + 1)..<content.upperBound
  }

  /// Steps over a BIT STRING of whole octets.
  @inline(never)
  mutating func wholeOctets() throws(CertificateRefusal) -> Range<Int> {
    let content = try next(DERTag.bitString)
    guard content.count > 1, bytes[content.lowerBound] == 0 else { throw .malformed }
    return (content.lowerBound + 1)..<content.upperBound
  }

  /// Goes back to an element that was read, to read it again.
  mutating func rewind(to start: Int) {
    position = start
  }
}
