/// NOR flash as a flash controller offers it: pages to erase, words to program.
public protocol FlashMemory {
  /// Bytes that an erase sets to 0xFF together; a power of two.
  static var pageBytes: Int { get }
  /// Reads the word at `address`, a multiple of four.
  func read(_ address: UInt32) -> UInt32
  /// Sets every bit of the page that begins at `address`.
  func erasePage(at address: UInt32)
  /// Clears those bits of the word at `address` that are zero in `word`.
  func program(_ word: UInt32, at address: UInt32)
}
