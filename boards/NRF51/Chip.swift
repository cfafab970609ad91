import Registers

/// What the chip says about itself, and its clock.
public struct Chip<Bus: RegisterBus> {
  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Switches from the RC oscillator to the crystal, which the UART's baud rate needs.
  public func startCrystal() {
    bus.write(1, to: Register.startCrystal)
    bus.wait(for: 1, at: Register.crystalStarted)
  }

  /// The 64-bit number that Nordic burnt into FICR: the low and the high word.
  public var deviceID: (low: UInt32, high: UInt32) {
    (bus.read(Register.deviceID), bus.read(Register.deviceID + 4))
  }
}

private enum Register {
  static let startCrystal: UInt32 = 0x4000_0000
  static let crystalStarted: UInt32 = 0x4000_0100
  static let deviceID: UInt32 = 0x1000_0060
}
