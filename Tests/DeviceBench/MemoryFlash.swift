public import DeviceKit

/// NOR flash in memory, which outlives the device that uses it.
public struct MemoryFlash: Flash, ~Copyable {
  /// The chip itself.
  public final class Chip {
    /// What it holds.
    public fileprivate(set) var bytes: [UInt8]
    /// How often it was programmed or erased.
    public fileprivate(set) var changes = 0

    /// A chip of pages of 1,024 bytes, erased.
    public init(pages: Int = 16) { bytes = [UInt8](repeating: 0xFF, count: pages * 1_024) }
  }

  private let chip: Chip
  public var pageBytes: Int { 1_024 }
  public var pageCount: Int { chip.bytes.count / pageBytes }
  public var writeBytes: Int { 4 }

  /// The driver of a chip.
  public init(chip: Chip) { self.chip = chip }

  public func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(FlashError) {
    guard offset >= 0, offset + bytes.count <= chip.bytes.count else { throw .outOfRange }
    for index in bytes.indices { bytes[index] = chip.bytes[offset + index] }
  }

  public mutating func erase(page: Int) throws(FlashError) {
    guard 0..<pageCount ~= page else { throw .outOfRange }
    for index in page * pageBytes..<(page + 1) * pageBytes { chip.bytes[index] = 0xFF }
    chip.changes += 1
  }

  public mutating func program(at offset: Int, _ bytes: Span<UInt8>) throws(FlashError) {
    guard offset % writeBytes == 0, bytes.count % writeBytes == 0 else { throw .misaligned }
    guard offset >= 0, offset + bytes.count <= chip.bytes.count else { throw .outOfRange }
    for index in bytes.indices { chip.bytes[offset + index] &= bytes[index] }
    chip.changes += 1
  }
}
