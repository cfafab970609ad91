/// Walks DER elements (X.690) one after another, and refuses what DER does not allow.
///
/// Tags of one octet, lengths definite, minimal and under 64 KiB, and no element reaching over the end of the one
/// around it. One cursor goes through the whole: ``enter(_:)`` narrows it to an element's contents and ``leave()``
/// requires that all of them were read, so nothing can hide behind what a reader expects.
///
/// The first fault sticks: nothing is read any more, contents are empty, every end is reached, and ``finish()``
/// throws it. So callers check once, where they have what they came for.
///
/// The end may lie behind the bytes at hand: then headers can be walked and contents skipped, which is how a PKCS#7 is
/// read that stands in flash.
struct DERReader: ~Escapable {
  let bytes: Span<UInt8>
  /// Where the next element begins.
  private(set) var position: Int
  /// Where the element ends whose contents are being read.
  private(set) var end: Int
  /// What it is called here when bytes are not DER, or not the elements expected.
  var malformed: CertificateRefusal

  private var fault: CertificateRefusal?
  /// Where the elements end that were entered.
  private var outerEnds = InlineArray<9, Int>(repeating: 0)
  private var depth = 0

  /// Reads elements up to an end.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, from start: Int, to end: Int, malformed: CertificateRefusal = .malformed) {
    self.bytes = bytes
    position = start
    self.end = end
    self.malformed = malformed
  }

  /// Whether nothing follows in the element that is being read.
  var isAtEnd: Bool { position == end || fault != nil }

  /// Throws the first fault, if there was one.
  func finish() throws(CertificateRefusal) {
    if let fault { throw fault }
  }

  /// Refuses for a reason of the caller's unless something holds.
  @inline(never)
  mutating func require(_ holds: Bool, _ reason: CertificateRefusal) {
    if !holds, fault == nil { fault = reason }
  }

  /// Whether there is another element and it has this tag.
  @inline(never)
  func isNext(_ tag: UInt8) -> Bool {
    fault == nil && position < end && position < bytes.count && bytes[position] == tag
  }

  /// Steps over the next element, which has to have this tag, and returns where its content stands.
  @inline(never)
  mutating func next(_ tag: UInt8) -> Range<Int> {
    require(isNext(tag), malformed)
    return nextOfAnyTag()
  }

  /// Steps over the next element and returns where its content stands; empty after a fault.
  @inline(never)
  mutating func nextOfAnyTag() -> Range<Int> {
    let start = contentStart()
    require(start != 0, malformed)
    return fault == nil ? start..<position : 0..<0
  }

  /// Steps over the next element.
  ///
  /// - Returns: Where its content begins; 0 when it is malformed.
  private mutating func contentStart() -> Int {
    var start = position &+ 2
    guard fault == nil, start <= end, start <= bytes.count, bytes[position] & 0x1F != 0x1F else { return 0 }
    var count = Int(bytes[position &+ 1])
    if count >= 0x80 {
      var octets = count &- 0x80
      guard 1...2 ~= octets, start &+ octets <= bytes.count else { return 0 }
      let least = octets == 1 ? 0x80 : 0x100
      count = 0
      while octets > 0 {
        count = count &<< 8 | Int(bytes[start])
        start &+= 1
        octets &-= 1
      }
      guard count >= least else { return 0 }
    }
    guard start &+ count <= end else { return 0 }
    position = start &+ count
    return start
  }

  /// Goes into the next element, which has to have this tag.
  @inline(never)
  mutating func enter(_ tag: UInt8) {
    let content = next(tag)
    outerEnds[depth] = end
    depth += 1
    guard fault == nil else { return }
    position = content.lowerBound
    end = content.upperBound
  }

  /// Comes out of the element entered last, of which everything has to have been read.
  @inline(never)
  mutating func leave() {
    require(isAtEnd, malformed)
    depth -= 1
    end = outerEnds[depth]
  }

  /// Steps over what is left of the element that is being read.
  mutating func skipRest() {
    if fault == nil { position = end }
  }

  /// Whether these octets stand next; if so they are stepped over.
  @inline(never)
  mutating func skips(_ octets: DERConstant) -> Bool {
    let next = position + octets.count
    guard fault == nil, next <= end, next <= bytes.count else { return false }
    for index in 0..<octets.count where bytes[position + index] != octets[index] { return false }
    position = next
    return true
  }

  /// Steps over an element of this tag and says whether these are its contents.
  @inline(never)
  mutating func next(_ tag: UInt8, holds octets: DERConstant) -> Bool {
    enter(tag)
    let isThis = skips(octets) && position == end
    skipRest()
    leave()
    return isThis
  }

  /// Steps over an object identifier of a family that differs in the last octet.
  ///
  /// - Parameter family: The element but for that octet.
  /// - Returns: That octet; 0 for an identifier outside the family.
  @inline(never)
  mutating func objectIdentifier(of family: DERConstant) -> UInt8 {
    let start = position
    let content = next(DERTag.objectIdentifier)
    guard fault == nil else { return 0 }
    position = start
    let isOne = skips(family) && position + 1 == content.upperBound
    position = content.upperBound
    return isOne ? bytes[position - 1] : 0
  }

  /// Steps over an INTEGER that has to be positive and minimal, and returns where its magnitude stands.
  ///
  /// - Parameters:
  ///   - maxOctets: Of the magnitude.
  ///   - reason: What it is refused for otherwise.
  @inline(never)
  mutating func positiveInteger(maxOctets: Int, _ reason: CertificateRefusal) -> Range<Int> {
    var content = next(DERTag.integer)
    if content.count > 1, bytes[content.lowerBound] == 0, bytes[content.lowerBound + 1] >= 0x80 {
      content = (content.lowerBound + 1)..<content.upperBound
    } else {
      require(!content.isEmpty && 1...0x7F ~= bytes[content.lowerBound], reason)
    }
    require(content.count <= maxOctets, reason)
    return content
  }

  /// Steps over a BIT STRING of whole octets.
  @inline(never)
  mutating func wholeOctets() -> Range<Int> {
    let content = next(DERTag.bitString)
    require(content.count > 1 && bytes[content.lowerBound] == 0, malformed)
    return fault == nil ? (content.lowerBound + 1)..<content.upperBound : 0..<0
  }
}
