import CBoard
public import Registers

/// How an image divides the flash that the linker script reserves for it, from the bottom:
///
/// | pages | what |
/// | --- | --- |
/// | 1 | factory page: written once, by the production line (`FactoryPage`) |
/// | 4 | PSA's keys, one a page, with one page spare so that a new value stands before the old one goes |
/// | the rest | the device's journal |
public enum StorageLayout {
  static let keyPages = 4

  /// Where the factory page begins.
  static var factoryPage: UInt32 { UInt32(UInt(bitPattern: board_storage_start())) }

  /// The pages of PSA's internal trusted storage.
  public static func keys<Memory: FlashMemory>(in memory: Memory) -> FlashRegion<Memory> {
    FlashRegion(memory, start: factoryPage + UInt32(Memory.pageBytes), pageCount: keyPages)
  }

  /// The pages of the device's journal.
  public static func journal<Memory: FlashMemory>(in memory: Memory) -> FlashRegion<Memory> {
    let start = factoryPage + UInt32((1 + keyPages) * Memory.pageBytes)
    let end = UInt32(UInt(bitPattern: board_storage_end()))
    return FlashRegion(memory, start: start, pageCount: Int(end - start) / Memory.pageBytes)
  }
}
