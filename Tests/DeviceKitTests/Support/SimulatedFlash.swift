import DeviceKit

/// A NOR flash chip as it behaves: programming clears bits, erasing sets a page's, and a power cut leaves either half
/// done.
final class FlashChip {
  let pageBytes: Int
  let pageCount: Int
  let writeBytes: Int
  let power: Power
  var bytes: [UInt8]
  /// Units programmed a second time without an erase between: what drivers of real chips forbid.
  private(set) var doubleWrites = 0
  private(set) var erases = 0
  private var written: [Bool]
  /// Pages that cannot be erased any more.
  var wornPages: Set<Int> = []

  /// Contents of the chip, to go back to.
  struct Snapshot {
    fileprivate let bytes: [UInt8]
    fileprivate let written: [Bool]
  }

  var snapshot: Snapshot {
    get { Snapshot(bytes: bytes, written: written) }
    set {
      bytes = newValue.bytes
      written = newValue.written
    }
  }

  init(
    pages: Int, pageBytes: Int = 1024, writeBytes: Int = 4, fill: UInt8 = 0xFF, power: Power = Power()
  ) {
    self.pageBytes = pageBytes
    pageCount = pages
    self.writeBytes = writeBytes
    self.power = power
    bytes = Array(repeating: fill, count: pages * pageBytes)
    written = Array(repeating: fill != 0xFF, count: pages * pageBytes / writeBytes)
  }

  func erase(page: Int) -> Bool {
    guard !wornPages.contains(page) else { return false }
    let range = page * pageBytes..<(page + 1) * pageBytes
    return power.perform {
      for index in range { bytes[index] = 0xFF }
      for unit in range.lowerBound / writeBytes..<range.upperBound / writeBytes { written[unit] = false }
      erases += 1
    } partly: { random in
      for index in range { bytes[index] |= UInt8.random(in: 0...255, using: &random) }
    }
  }

  func program(at offset: Int, _ unit: [UInt8]) -> Bool {
    power.perform {
      if written[offset / writeBytes] { doubleWrites += 1 }
      written[offset / writeBytes] = true
      for (index, byte) in unit.enumerated() { bytes[offset + index] &= byte }
    } partly: { random in
      for (index, byte) in unit.enumerated() {
        bytes[offset + index] &= byte | UInt8.random(in: 0...255, using: &random)
      }
    }
  }
}

/// A driver for a ``FlashChip``.
struct SimulatedFlash: Flash {
  let chip: FlashChip

  var pageBytes: Int { chip.pageBytes }
  var pageCount: Int { chip.pageCount }
  var writeBytes: Int { chip.writeBytes }

  func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(FlashError) {
    guard chip.power.isOn else { throw .failed }
    guard offset >= 0, offset + bytes.count <= chip.bytes.count else { throw .outOfRange }
    for index in bytes.indices { bytes[index] = chip.bytes[offset + index] }
  }

  func erase(page: Int) throws(FlashError) {
    guard 0..<pageCount ~= page else { throw .outOfRange }
    guard chip.erase(page: page) else { throw .failed }
  }

  func program(at offset: Int, _ bytes: Span<UInt8>) throws(FlashError) {
    guard offset % writeBytes == 0, bytes.count % writeBytes == 0 else { throw .misaligned }
    guard offset >= 0, offset + bytes.count <= chip.bytes.count else { throw .outOfRange }
    for start in stride(from: 0, to: bytes.count, by: writeBytes) {
      let unit = (start..<start + writeBytes).map { bytes[$0] }
      guard chip.program(at: offset + start, unit) else { throw .failed }
    }
  }
}
