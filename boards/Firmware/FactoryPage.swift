public import DeviceKit
public import Registers

/// What the production line writes once: the serial number on the label. 40 bytes at the start of the first storage page:
///
/// | bytes | what |
/// | --- | --- |
/// | 4 | "MFAC" |
/// | 4 | length of the serial number, 1 to 32, little-endian |
/// | 32 | the serial number in ASCII, then anything |
public struct FactoryPage<Memory: FlashMemory> {
  private let memory: Memory

  public init(_ memory: Memory) { self.memory = memory }

  /// The serial number, or `nil` when the page was never written.
  public var serialNumber: DeviceSerialNumber? {
    let start = StorageLayout.factoryPage
    let count = memory.read(start + 4)
    guard memory.read(start) == 0x4341_464D, count <= 32 else { return nil }  // "MFAC"
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    let region = FlashRegion(memory, start: start, pageCount: 1)
    guard (try? region.read(at: 8, into: &span)) != nil else { return nil }
    return DeviceSerialNumber(bytes.span.extracting(0..<Int(count)))
  }
}
