/// The nested vectored interrupt controller that every Cortex-M has at the same address (ARMv6-M ARM, B3.4).
public struct InterruptController<Bus: RegisterBus> {
  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Lets interrupt `number` (0 to 31) reach the processor.
  public func enable(_ number: UInt32) {
    bus.write(1 << number, to: 0xE000_E100)
  }
}

/// The system control block (ARMv6-M ARM, B3.2).
public struct SystemControl<Bus: RegisterBus> {
  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Restarts the whole chip: AIRCR with its key and SYSRESETREQ. Returns only if the chip takes a moment.
  public func reset() {
    bus.write(0x05FA_0004, to: 0xE000_ED0C)
  }
}
