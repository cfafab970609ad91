import Registers

/// The nRF51's noise source: thermal noise, one byte at a time, with its bias correction on (Reference Manual 3.0,
/// chapter 21).
///
/// It stops after each byte: it is slow (677 µs a byte on average), so whoever wants one starts it and sleeps until the
/// interrupt.
public struct RandomNumberGenerator<Bus: RegisterBus> {
  /// The interrupt's number.
  public static var interrupt: UInt32 { 13 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Switches on bias correction, stopping after each byte, and the interrupt.
  public func configure() {
    bus.write(1, to: Register.configuration)
    bus.write(1, to: Register.shortcuts)
    bus.write(1, to: Register.enableInterrupts)
  }

  /// Has the next byte made.
  public func start() {
    bus.write(1, to: Register.start)
  }

  /// The byte that has been made, if it has. Answers the interrupt.
  public func take() -> UInt8? {
    guard bus.read(Register.valueReady) != 0 else { return nil }
    bus.write(0, to: Register.valueReady)
    return UInt8(truncatingIfNeeded: bus.read(Register.value))
  }
}

private enum Register {
  static let start: UInt32 = 0x4000_D000
  static let valueReady: UInt32 = 0x4000_D100
  static let shortcuts: UInt32 = 0x4000_D200
  static let enableInterrupts: UInt32 = 0x4000_D304
  static let configuration: UInt32 = 0x4000_D504
  static let value: UInt32 = 0x4000_D508
}
