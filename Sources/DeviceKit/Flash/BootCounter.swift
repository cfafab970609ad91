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
    let perPage = flash.pageBytes / entryBytes
    var last: UInt32 = 0
    var page = 1  // so that the first start of all begins with an erase of page 0
    var next = perPage
    for candidate in 0..<pages {
      for index in 0..<perPage {
        let offset = (firstPage + candidate) * flash.pageBytes + index * entryBytes
        let (count, complement) = try entry(at: offset, in: flash)
        if count == ~complement, count > last {
          last = count
          page = candidate
          next = perPage
        } else if count & complement == .max, page == candidate, last > 0, next == perPage {
          next = index
        }
      }
    }
    if last == .max { return last }
    if next == perPage {
      page = 1 - page
      next = 0
      try flash.erase(page: firstPage + page)
    }
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    span.store(littleEndian: last + 1, at: 0)
    span.store(littleEndian: ~(last + 1), at: 4)
    try flash.write(bytes.span, at: (firstPage + page) * flash.pageBytes + next * entryBytes)
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
