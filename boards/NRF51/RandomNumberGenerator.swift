import Registers

/// The nRF51's noise source: thermal noise, one byte at a time, with its bias correction on (Reference Manual 3.0,
/// chapter 21).
public struct RandomNumberGenerator<Bus: RegisterBus> {
  /// How often a value may be found not ready. A byte takes 677 µs on average; this is a second or more.
  private static var patience: Int { 2_000_000 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  public func start() {
    bus.write(1, to: Register.configuration)
    bus.write(1, to: Register.start)
  }

  /// Waits for the next byte of noise; `nil` when the generator does not deliver.
  public func next() -> UInt8? {
    for _ in 0..<Self.patience where bus.read(Register.valueReady) != 0 {
      bus.write(0, to: Register.valueReady)
      return UInt8(truncatingIfNeeded: bus.read(Register.value))
    }
    return nil
  }
}

private enum Register {
  static let start: UInt32 = 0x4000_D000
  static let valueReady: UInt32 = 0x4000_D100
  static let configuration: UInt32 = 0x4000_D504
  static let value: UInt32 = 0x4000_D508
}
