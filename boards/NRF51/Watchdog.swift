import Registers

/// The nRF51's watchdog (Reference Manual 3.0, chapter 24). Once started, only a reset stops it.
public struct Watchdog<Bus: RegisterBus> {
  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Starts it: the chip resets unless `feed` is called at least every `seconds` (1 to 131,071).
  public func start(seconds: UInt32) {
    bus.write(seconds * 32_768 - 1, to: Register.reloadValue)
    bus.write(1, to: Register.start)
  }

  public func feed() {
    bus.write(0x6E52_4635, to: Register.reload)
  }
}

private enum Register {
  static let start: UInt32 = 0x4001_0000
  static let reloadValue: UInt32 = 0x4001_0504
  static let reload: UInt32 = 0x4001_0600
}
