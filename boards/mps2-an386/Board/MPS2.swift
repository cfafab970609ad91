import CBoard
public import CMSDK
public import DeviceKit
public import Firmware
public import Registers

/// Bytes from the line, put here by the interrupt handler.
///
/// `nonisolated(unsafe)`: shared with the handler, and whoever else touches it switches interrupts off meanwhile.
nonisolated(unsafe) var received = ByteRing<128>()

/// ARM's MPS2 board with the AN386 image: a Cortex-M4 at 25 MHz.
public struct MPS2: Board {
  private static var clockHertz: UInt32 { 25_000_000 }
  private var clock = MillisecondClock(ticksPerMillisecond: Timer<MemoryMappedIO>.ticksPerMillisecond)
  private let bus = MemoryMappedIO()

  /// Starts the timers, the watchdog and UART 0 at 115,200 baud.
  public init() {
    Timer(bus).start()
    Watchdog(bus).start(ticks: 30 * Self.clockHertz)
    UART(bus).start(clockHertz: Self.clockHertz, baud: 115_200)
    let interrupts = InterruptController(bus)
    interrupts.enable(UART<MemoryMappedIO>.interrupt)
    interrupts.enable(Timer<MemoryMappedIO>.interrupt)
  }

  public var memory: SimulatedFlash<MemoryMappedIO> { SimulatedFlash(bus) }

  /// MPS2 boards have no unique id: without a factory page all are the same.
  public var chipSerialNumber: DeviceSerialNumber? {
    DeviceSerialNumber(prefix: (UInt8(ascii: "M"), UInt8(ascii: "P")), high: 0, low: 0)
  }

  public mutating func now() -> UInt64 { clock.now(count: Timer(bus).count) }

  /// A counter of 25 MHz ticks, for measurements.
  public var ticks: UInt32 { Timer(bus).count }

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
    // The free counter wraps every 171 seconds and must be read before.
    timer.setAlarm(inTicks: min(milliseconds, 60_000) * Timer<MemoryMappedIO>.ticksPerMillisecond)
    board_wait_for_interrupt()
    timer.clearAlarm()
  }

  public func feedWatchdog() { Watchdog(bus).feed() }

  public func restart() -> Never { restartChip() }
}
