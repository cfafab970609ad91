/// Counts starts in two pages of flash, with one erase in a hundred starts or so.
///
/// Each start appends an entry: the count and its complement. Programming only clears bits and erasing only sets them, so a
/// power cut within either leaves some bit equal in both words: a half-written or half-erased entry can never be taken
/// for another count.
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
    let end = start + pages * pageBytes
    var last: UInt32 = 0
    var next = end
    for offset in stride(from: start, to: end, by: entryBytes) {
      let (count, complement) = try entry(at: offset, in: flash)
      guard count == ~complement, count > last else { continue }
      last = count
      next = offset + entryBytes
    }
    if last == .max { return last }
    // Behind the last entry there may be one that a power cut spoilt.
    while next != start + pageBytes, next != end {
      let (count, complement) = try entry(at: next, in: flash)
      if count & complement == .max { break }
      next += entryBytes
    }
    if next == end { next = start }
    if next == start || next == start + pageBytes { try flash.erase(page: next == start ? firstPage : firstPage + 1) }
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    span.store(littleEndian: last + 1, at: 0)
    span.store(littleEndian: ~(last + 1), at: 4)
    try flash.write(bytes.span, at: next)
    return last + 1
  }

  private static func entry<Storage: Flash & ~Copyable>(
    at offset: Int, in flash: borrowing Storage
  ) throws(FlashError) -> (UInt32, UInt32) {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    try flash.read(at: offset, into: &span)
    return (bytes.span.littleEndian(at: 0), bytes.span.littleEndian(at: 4))
  }
}
