/// The head of a CBOR byte string of up to 65,535 bytes, apart from the string: heads go into hashes piece by piece, and
/// a combined request has a byte string in front of bytes that are no CBOR.
struct ByteStringHead {
  /// The head, of which `count` bytes count.
  private(set) var bytes: InlineArray<3, UInt8>
  /// 1 to 3.
  let count: Int

  /// The head of a string of `length` bytes.
  init(length: Int) {
    let low = UInt8(truncatingIfNeeded: length)
    if length < 24 {
      self.bytes = [0x40 | low, 0, 0]
      self.count = 1
    } else if length < 0x100 {
      self.bytes = [0x58, low, 0]
      self.count = 2
    } else {
      self.bytes = [0x59, UInt8(truncatingIfNeeded: length >> 8), low]
      self.count = 3
    }
  }

  /// Where the string's contents stand that begins at the front of `bytes`; it may be followed by anything.
  ///
  /// - Throws: `malformed` for another type or more than 255 bytes, `notDeterministic`, `truncated`.
  static func contents(atFrontOf bytes: Span<UInt8>) throws(EDHOCError) -> Range<Int> {
    guard bytes.count > 0 else { throw .truncated }
    var start = 1
    var length = Int(bytes[0]) - 0x40
    if length == 0x18 {
      guard bytes.count > 1 else { throw .truncated }
      start = 2
      length = Int(bytes[1])
      guard length >= 24 else { throw .notDeterministic }
    } else if length < 0 || length > 0x18 {
      throw length == 0x1F ? .notDeterministic : .malformed
    }
    guard length <= bytes.count - start else { throw .truncated }
    return start..<start + length
  }
}
