public import DeviceKit
public import Registers

/// A run of pages of a board's flash, as DeviceKit wants flash: bytes at offsets from its start.
public struct FlashRegion<Memory: FlashMemory>: Flash {
  private let memory: Memory
  private let start: UInt32
  public let pageCount: Int

  /// - Parameters:
  ///   - start: the address of the first page.
  ///   - pageCount: how many pages follow from there, the first included.
  public init(_ memory: Memory, start: UInt32, pageCount: Int) {
    self.memory = memory
    self.start = start
    self.pageCount = pageCount
  }

  public var pageBytes: Int { Memory.pageBytes }
  public var writeBytes: Int { 4 }

  public func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(FlashError) {
    try check(offset, bytes.count)
    for index in bytes.indices {
      let position = start + UInt32(offset + index)
      bytes[index] = UInt8(truncatingIfNeeded: memory.read(position & ~3) >> ((position & 3) * 8))
    }
  }

  public mutating func erase(page: Int) throws(FlashError) {
    guard page >= 0, page < pageCount else { throw .outOfRange }
    memory.erasePage(at: start + UInt32(page * pageBytes))
  }

  public mutating func program(at offset: Int, _ bytes: Span<UInt8>) throws(FlashError) {
    try check(offset, bytes.count)
    guard (offset | bytes.count) & 3 == 0 else { throw .misaligned }
    var index = 0
    while index < bytes.count {
      var word: UInt32 = 0
      for byte in 0..<4 { word |= UInt32(bytes[index + byte]) << UInt32(byte * 8) }
      memory.program(word, at: start + UInt32(offset + index))
      index += 4
    }
  }

  private func check(_ offset: Int, _ count: Int) throws(FlashError) {
    guard offset >= 0, offset <= pageCount * pageBytes - count else { throw .outOfRange }
  }
}
