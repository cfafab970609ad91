import COSE

extension ConnectionIdentifier {
  /// Reads C_I or C_R out of its one CBOR item.
  ///
  /// - Throws: `connectionIdentifier` for an item that can be none, `notDeterministic` for a byte string that should be
  ///   an integer.
  init(item: Span<UInt8>) throws(EDHOCError) {
    guard let contents = try CompactIdentifier.contents(of: item),
      let identifier = ConnectionIdentifier(item.extracting(contents))
    else { throw .connectionIdentifier }
    self = identifier
  }

  /// Writes its item.
  func write(to writer: inout CBORWriter) {
    if self.integerEncoding != nil {
      writer.raw(self.bytes)
    } else {
      writer.bytes(self.bytes)
    }
  }

  /// Writes its item into a buffer of its own.
  ///
  /// - Returns: its length.
  func write(into item: inout InlineArray<8, UInt8>) -> Int {
    let head = self.integerEncoding == nil ? 1 : 0
    if head == 1 { item[0] = 0x40 | UInt8(truncatingIfNeeded: self.count) }
    var room = item.mutableSpan
    room.copy(self.bytes, at: head)
    return head + self.count
  }
}
