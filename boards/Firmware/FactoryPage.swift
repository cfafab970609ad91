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
  private let region: FlashRegion<Memory>

  public init(_ memory: Memory) {
    region = FlashRegion(memory, start: StorageLayout.factoryPage, pageCount: 1)
  }

  /// The serial number, or `nil` when the page was never written.
  public var serialNumber: DeviceSerialNumber? {
    var bytes = InlineArray<40, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    guard (try? region.read(at: 0, into: &span)) != nil,
      bytes[0] == UInt8(ascii: "M"), bytes[1] == UInt8(ascii: "F"), bytes[2] == UInt8(ascii: "A"),
      bytes[3] == UInt8(ascii: "C"), 1...32 ~= bytes[4]
    else { return nil }
    return DeviceSerialNumber(bytes.span.extracting(8..<8 + Int(bytes[4])))
  }
}
