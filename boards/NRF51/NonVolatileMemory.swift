import Registers

/// The nRF51's flash controller (Reference Manual 3.0, chapter 6): NOR flash in pages of 1 KiB, written word by word.
///
/// A write only clears bits, an erase sets a whole page. The processor stands still meanwhile (a page erase: 22 ms).
public struct NonVolatileMemory<Bus: RegisterBus>: FlashMemory {
  public static var pageBytes: Int { 1024 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  public func read(_ address: UInt32) -> UInt32 { bus.read(address) }

  /// Erases the page that begins at `address`.
  public func erasePage(at address: UInt32) {
    bus.write(Mode.erase, to: Register.configuration)
    bus.write(address, to: Register.erasePage)
    finish()
  }

  /// Clears those bits of the word at `address` that are zero in `word`.
  public func program(_ word: UInt32, at address: UInt32) {
    bus.write(Mode.write, to: Register.configuration)
    bus.write(word, to: address)
    finish()
  }

  /// Waits, and locks the flash again: a stray store must not find it open.
  private func finish() {
    bus.wait(for: 1, at: Register.ready)
    bus.write(Mode.readOnly, to: Register.configuration)
  }
}

private enum Register {
  static let ready: UInt32 = 0x4001_E400
  static let configuration: UInt32 = 0x4001_E504
  static let erasePage: UInt32 = 0x4001_E508
}

private enum Mode {
  static let readOnly: UInt32 = 0
  static let write: UInt32 = 1
  static let erase: UInt32 = 2
}
