import CBoard
import CMSDK
import Firmware
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

/// The watchdog's first time-out comes as an NMI: the main loop hangs.
@c(watchdogHandler)
public func watchdogHandler() {
  faultHandler()
}

/// Takes what the UART received.
@c(uartHandler)
public func uartHandler() {
  while let byte = UART(MemoryMappedIO()).receive() {
    received.put(byte)
  }
}

/// The alarm has done its work by waking the processor.
@c(timerHandler)
public func timerHandler() {
  Timer(MemoryMappedIO()).clearAlarm()
}
