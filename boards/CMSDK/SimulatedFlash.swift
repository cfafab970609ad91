import Registers

/// NOR flash that is really RAM: what a write and an erase do, on a board that has no flash to write.
///
/// The linker script keeps its memory out of every section that start-up clears, so it survives a reset of the guest,
/// not the end of the emulator (`qemu/run --flash` keeps it over that).
public struct SimulatedFlash<Bus: RegisterBus>: FlashMemory {
  public static var pageBytes: Int { 1024 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  public func read(_ address: UInt32) -> UInt32 { bus.read(address) }

  /// Sets every bit of the page that begins at `address`.
  public func erasePage(at address: UInt32) {
    var word = address
    while word < address + UInt32(Self.pageBytes) {
      bus.write(.max, to: word)
      word += 4
    }
  }

  /// Clears those bits of the word at `address` that are zero in `word`.
  public func program(_ word: UInt32, at address: UInt32) {
    bus.write(bus.read(address) & word, to: address)
  }
}
