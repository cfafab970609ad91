/// Counts starts in two pages of flash, with one erase in a hundred starts or so.
///
/// Each start appends an entry: the count and its complement. Programming only clears bits and erasing only sets
/// them, so a power cut within either leaves some bit equal in both words: a half-written or half-erased entry can
/// never be taken for another count.
enum BootCounter {
  /// Pages the counter takes.
  static let pages = 2

  /// Adds one to the count and returns it. The first start is 1; the count stays at its maximum rather than wrap.
  static func increment<Storage: Flash & ~Copyable>(
    in flash: inout Storage, firstPage: Int
  ) throws(FlashError) -> UInt32 {
    let entryBytes = max(8, flash.writeBytes)
    let pageBytes = flash.pageBytes
    let start = firstPage * pageBytes
    let middle = start &+ pageBytes
    let end = middle &+ pageBytes
    var last: UInt32 = 0
    var next = end
    var offset = start
    while offset < end {
      let count = try word(at: offset, in: flash)
      if count > last, try word(at: offset &+ 4, in: flash) == ~count {
        last = count
        next = offset &+ entryBytes
      }
      offset &+= entryBytes
    }
    if last == .max { return last }
    // Behind the last entry there may be one that a power cut spoilt.
    while next != middle, next != end {
      if try word(at: next, in: flash) & word(at: next &+ 4, in: flash) == .max { break }
      next &+= entryBytes
    }
    if next == end { next = start }
    if next == start { try flash.erase(page: firstPage) }
    if next == middle { try flash.erase(page: firstPage + 1) }
    last &+= 1
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    span.store(littleEndian: last, at: 0)
    span.store(littleEndian: ~last, at: 4)
    try flash.write(bytes.span, at: next)
    return last
  }

  @inline(never)
  private static func word<Storage: Flash & ~Copyable>(
    at offset: Int, in flash: borrowing Storage
  ) throws(FlashError) -> UInt32 {
    var bytes = InlineArray<4, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    try flash.read(at: offset, into: &span)
    return bytes.span.littleEndian(at: 0)
  }
}
