import Registers

/// TIMER0 as a free-running microsecond counter with one alarm (Reference Manual 3.0, chapter 18).
public struct Timer<Bus: RegisterBus> {
  /// The interrupt's number.
  public static var interrupt: UInt32 { 8 }
  public static var ticksPerMillisecond: UInt32 { 1000 }

  private static var alarmInterrupt: UInt32 { 1 << 17 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Starts counting from zero: 32 bits, 16 MHz divided by 2⁴.
  public func start() {
    bus.write(3, to: Register.bitMode)
    bus.write(4, to: Register.prescaler)
    bus.write(1, to: Register.start)
  }

  /// Microseconds since `start`, modulo 2³².
  public var count: UInt32 {
    bus.write(1, to: Register.capture)
    return bus.read(Register.captured)
  }

  /// Raises the interrupt in `microseconds` (at least 10, so that the counter has not passed the alarm before it is set).
  public func setAlarm(inMicroseconds microseconds: UInt32) {
    bus.write(count &+ microseconds, to: Register.alarm)
    bus.write(Self.alarmInterrupt, to: Register.enableInterrupts)
  }

  /// Takes the alarm back and answers its interrupt.
  public func clearAlarm() {
    bus.write(Self.alarmInterrupt, to: Register.disableInterrupts)
    bus.write(0, to: Register.alarmRaised)
  }
}

private enum Register {
  static let start: UInt32 = 0x4000_8000
  static let capture: UInt32 = 0x4000_8040
  static let alarmRaised: UInt32 = 0x4000_8144
  static let enableInterrupts: UInt32 = 0x4000_8304
  static let disableInterrupts: UInt32 = 0x4000_8308
  static let bitMode: UInt32 = 0x4000_8508
  static let prescaler: UInt32 = 0x4000_8510
  static let captured: UInt32 = 0x4000_8540
  static let alarm: UInt32 = 0x4000_8544
}
