import CBoard
public import DeviceKit
public import Firmware
public import NRF51
public import Registers

/// Bytes from the line, put here by the interrupt handler.
///
/// `nonisolated(unsafe)`: shared with the handler, and whoever else touches it switches interrupts off meanwhile.
nonisolated(unsafe) var received = ByteRing<128>()

/// The BBC micro:bit, version 1.
public struct Microbit: Board {
  private var clock = MillisecondClock(ticksPerMillisecond: Timer<MemoryMappedIO>.ticksPerMillisecond)
  private let bus = MemoryMappedIO()

  /// Starts the chip's crystal, timer, noise source, watchdog and UART (transmit on P0.24, receive on P0.25: the pins
  /// that lead to the USB interface).
  public init() {
    Chip(bus).startCrystal()
    Timer(bus).start()
    RandomNumberGenerator(bus).configure()
    // The slowest step between two feeds is a chain of signature checks: some ten seconds at 16 MHz.
    Watchdog(bus).start(seconds: 60)
    UART(bus).start(transmitPin: 24, receivePin: 25)
    let interrupts = InterruptController(bus)
    interrupts.enable(UART<MemoryMappedIO>.interrupt)
    interrupts.enable(Timer<MemoryMappedIO>.interrupt)
    interrupts.enable(RandomNumberGenerator<MemoryMappedIO>.interrupt)
  }

  public var memory: NonVolatileMemory<MemoryMappedIO> { NonVolatileMemory(bus) }

  public var chipSerialNumber: DeviceSerialNumber? {
    let id = Chip(bus).deviceID
    return DeviceSerialNumber(prefix: (UInt8(ascii: "M"), UInt8(ascii: "B")), high: id.high, low: id.low)
  }

  public mutating func now() -> UInt64 { clock.now(count: Timer(bus).count) }

  /// A microsecond counter, for measurements.
  public var microseconds: UInt32 { Timer(bus).count }

  public mutating func nextByte() -> UInt8? {
    board_disable_interrupts()
    defer { board_enable_interrupts() }
    return received.take()
  }

  public func send(_ byte: UInt8) { UART(bus).transmit(byte) }

  public func sleep(milliseconds: UInt32) {
    board_disable_interrupts()
    defer { board_enable_interrupts() }
    guard received.isEmpty, milliseconds > 0 else { return }
    let timer = Timer(bus)
    timer.setAlarm(inMicroseconds: min(milliseconds, 60_000) * 1000)
    board_wait_for_interrupt()
    timer.clearAlarm()
  }

  public func feedWatchdog() { Watchdog(bus).feed() }

  public func restart() -> Never { restartChip() }
}
