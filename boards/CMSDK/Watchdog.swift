import Registers

/// The watchdog of ARM's Cortex-M System Design Kit (TRM, 4.5): the first time-out raises an interrupt, the second
/// resets.
public struct Watchdog<Bus: RegisterBus> {
  private static var key: UInt32 { 0x1ACC_E551 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Starts it: the board resets unless `feed` is called at least every 2 × `ticks`.
  public func start(ticks: UInt32) {
    bus.write(Self.key, to: Register.lock)
    bus.write(ticks, to: Register.load)
    bus.write(0b11, to: Register.control)
    bus.write(0, to: Register.lock)
  }

  /// Answers a pending interrupt, which also reloads the counter.
  public func feed() {
    bus.write(Self.key, to: Register.lock)
    bus.write(1, to: Register.clearInterrupt)
    bus.write(0, to: Register.lock)
  }
}

private enum Register {
  static let load: UInt32 = 0x4000_8000
  static let control: UInt32 = 0x4000_8008
  static let clearInterrupt: UInt32 = 0x4000_800C
  static let lock: UInt32 = 0x4000_8C00
}
