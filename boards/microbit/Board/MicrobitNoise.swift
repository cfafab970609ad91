import CBoard
public import DeviceCrypto
import NRF51
import Registers

/// The byte of noise that the interrupt handler took, until the main loop takes it.
///
/// `nonisolated(unsafe)`: shared with the handler, and the main loop switches interrupts off while it looks.
nonisolated(unsafe) var noiseByte: UInt8?

/// The nRF51's thermal noise. Nordic corrects its bias but publishes no assessment: four bits of min-entropy a byte are
/// claimed, half of what an ideal source has.
public struct MicrobitNoise: NoiseSource {
  public static var minEntropyBitsPerSample: UInt8 { 4 }

  /// More than a hundred times what a byte takes.
  private static var patienceMicroseconds: UInt32 { 100_000 }

  public init() {}

  /// Sleeps until the next byte has come. UART and timer may wake the processor before.
  public mutating func next() -> UInt8? {
    let timer = Timer(MemoryMappedIO())
    let start = timer.count
    noiseByte = nil
    RandomNumberGenerator(MemoryMappedIO()).start()
    timer.setAlarm(inMicroseconds: Self.patienceMicroseconds)
    defer { timer.clearAlarm() }
    while true {
      board_disable_interrupts()
      defer { board_enable_interrupts() }
      if let byte = noiseByte { return byte }
      if timer.count &- start >= Self.patienceMicroseconds { return nil }
      board_wait_for_interrupt()
    }
  }
}
