// What DeviceKit does with flash, in pieces of 32 bytes so that no caller needs a buffer of its own.

private let pieceBytes = 32

extension Flash where Self: ~Copyable {
  /// Programs bytes and reads them back; the last unit is filled up with blank bytes.
  ///
  /// - Throws: ``FlashError/notWritten`` when the flash holds anything else afterwards.
  @inline(never)
  mutating func write(_ bytes: Span<UInt8>, at offset: Int) throws(FlashError) {
    var done = 0
    while done < bytes.count {
      let count = min(pieceBytes, bytes.count - done)
      var piece = InlineArray<32, UInt8>(repeating: 0xFF)
      for index in 0..<count { piece[index] = bytes[done + index] }
      let units = (count + writeBytes - 1) & ~(writeBytes - 1)  // a power of two
      try program(at: offset + done, piece.span.extracting(0..<units))
      guard try holds(piece.span.extracting(0..<count), at: offset + done) else { throw .notWritten }
      done += count
    }
  }

  /// Copies bytes within the region; source and destination are different pages, and the count is a multiple of 16.
  mutating func copy(count: Int, from source: Int, to destination: Int) throws(FlashError) {
    var done = 0
    while done < count {
      var piece = InlineArray<16, UInt8>(repeating: 0)
      var span = piece.mutableSpan
      try read(at: source &+ done, into: &span)
      try write(span.span, at: destination &+ done)
      done &+= 16
    }
  }

  /// Whether the flash holds exactly these bytes at an offset.
  @inline(never)
  func holds(_ bytes: Span<UInt8>, at offset: Int) throws(FlashError) -> Bool {
    var done = 0
    var piece = InlineArray<32, UInt8>(repeating: 0)
    while done < bytes.count {
      let step = min(pieceBytes, bytes.count - done)
      var span = piece.mutableSpan
      var part = span.first(step)
      try read(at: offset + done, into: &part)
      for index in 0..<step where piece[index] != bytes[done + index] { return false }
      done += step
    }
    return true
  }

  /// The CRC-32 of bytes of the region.
  func checksum(at offset: Int, count: Int) throws(FlashError) -> UInt32 {
    var checksum = CRC32()
    var done = 0
    var piece = InlineArray<32, UInt8>(repeating: 0)
    while done < count {
      let step = min(pieceBytes, count - done)
      var span = piece.mutableSpan
      var part = span.first(step)
      try read(at: offset + done, into: &part)
      checksum.update(piece.span.extracting(0..<step))
      done += step
    }
    return checksum.value
  }

  /// Erases those of some pages that do not read blank.
  ///
  /// A page that already reads blank is left alone: erasing is what wears flash.
  mutating func clear(pages: Range<Int>) throws(FlashError) {
    for page in pages where try !isBlank(page: page) { try erase(page: page) }
  }

  private func isBlank(page: Int) throws(FlashError) -> Bool {
    let blank = InlineArray<32, UInt8>(repeating: 0xFF)
    for piece in 0..<(pageBytes / pieceBytes) {
      guard try holds(blank.span, at: page * pageBytes + piece * pieceBytes) else { return false }
    }
    return true
  }
}
