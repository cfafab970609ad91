import CBoard
import Firmware
import NRF51
import Registers

/// Where the processor starts.
@c(resetHandler)
public func resetHandler() {
  prepareMemory()
  _ = board_main()
  faultHandler()
}

/// A trap of Swift's, a bus fault, an interrupt nobody asked for: start again. The journal makes that safe.
@c(faultHandler)
public func faultHandler() {
  restartChip()
}

func restartChip() -> Never {
  SystemControl(MemoryMappedIO()).reset()
  while true {}
}

/// Takes what the UART received off its small FIFO.
@c(uartHandler)
public func uartHandler() {
  while let byte = UART(MemoryMappedIO()).receive() {
    received.put(byte)
  }
}

/// Takes the byte of noise that was asked for.
@c(noiseHandler)
public func noiseHandler() {
  noiseByte = RandomNumberGenerator(MemoryMappedIO()).take()
}

/// The alarm has done its work by waking the processor.
@c(timerHandler)
public func timerHandler() {
  Timer(MemoryMappedIO()).clearAlarm()
}
