import DeviceKit

/// NOR flash in memory, which outlives the device that uses it.
struct MemoryFlash: Flash, ~Copyable {
  final class Chip {
    var bytes: [UInt8]
    init(pages: Int) { bytes = [UInt8](repeating: 0xFF, count: pages * 1_024) }
  }

  let chip: Chip
  var pageBytes: Int { 1_024 }
  var pageCount: Int { chip.bytes.count / pageBytes }
  var writeBytes: Int { 4 }

  func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(FlashError) {
    guard offset >= 0, offset + bytes.count <= chip.bytes.count else { throw .outOfRange }
    for index in bytes.indices { bytes[index] = chip.bytes[offset + index] }
  }

  mutating func erase(page: Int) throws(FlashError) {
    guard 0..<pageCount ~= page else { throw .outOfRange }
    for index in page * pageBytes..<(page + 1) * pageBytes { chip.bytes[index] = 0xFF }
  }

  mutating func program(at offset: Int, _ bytes: Span<UInt8>) throws(FlashError) {
    guard offset % writeBytes == 0, bytes.count % writeBytes == 0 else { throw .misaligned }
    guard offset >= 0, offset + bytes.count <= chip.bytes.count else { throw .outOfRange }
    for index in bytes.indices { chip.bytes[offset + index] &= bytes[index] }
  }
}
