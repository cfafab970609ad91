import Registers

/// Two timers of ARM's Cortex-M System Design Kit (TRM, 4.2): one counts freely, one is the alarm.
///
/// They count down from 2³² − 1 at the processor's 25 MHz, so the free one wraps every 171 seconds.
public struct Timer<Bus: RegisterBus> {
  /// The number of timer 1's interrupt on MPS2 boards.
  public static var interrupt: UInt32 { 9 }
  public static var ticksPerMillisecond: UInt32 { 25_000 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  public func start() {
    bus.write(.max, to: Register.reload)
    bus.write(.max, to: Register.value)
    bus.write(1, to: Register.control)
  }

  /// Ticks since `start`, modulo 2³².
  public var count: UInt32 { ~bus.read(Register.value) }

  /// Raises the interrupt in `ticks` (at least 1).
  public func setAlarm(inTicks ticks: UInt32) {
    bus.write(ticks, to: Register.alarmReload)
    bus.write(ticks, to: Register.alarmValue)
    bus.write(0b1001, to: Register.alarmControl)
  }

  /// Takes the alarm back and answers its interrupt.
  public func clearAlarm() {
    bus.write(0, to: Register.alarmControl)
    bus.write(1, to: Register.alarmClear)
  }
}

private enum Register {
  static let control: UInt32 = 0x4000_0000
  static let value: UInt32 = 0x4000_0004
  static let reload: UInt32 = 0x4000_0008
  static let alarmControl: UInt32 = 0x4000_1000
  static let alarmValue: UInt32 = 0x4000_1004
  static let alarmReload: UInt32 = 0x4000_1008
  static let alarmClear: UInt32 = 0x4000_100C
}
