import COSE

/// Short byte strings as they stand in messages: an integer of -24 to 23 for the one byte that encodes it, a byte string
/// for all others (RFC 9528 §3.3.2, §3.5.3.2).
enum CompactIdentifier {
  /// Whether a byte is the encoding of an integer of -24 to 23.
  static func isInteger(_ byte: UInt8) -> Bool {
    byte < 0x40 && byte & 0x1F < 24
  }

  /// Where in an item's encoding the identifier's own bytes stand; nil if the item is none.
  ///
  /// - Throws: `notDeterministic` for a byte string that should be an integer.
  static func contents(of item: Span<UInt8>) throws(EDHOCError) -> Range<Int>? {
    guard item.count > 0 else { throw .truncated }
    if item.count == 1 && self.isInteger(item[0]) { return 0..<1 }
    // Longer strings than 23 bytes name nothing here.
    guard item[0] >> 5 == CBORKind.bytes.rawValue, item[0] & 0x1F < 24 else { return nil }
    guard item.count != 2 || !self.isInteger(item[1]) else { throw .notDeterministic }
    return 1..<item.count
  }
}
