import Registers

/// The UART of ARM's Cortex-M System Design Kit (TRM, 4.3).
public struct UART<Bus: RegisterBus> {
  /// The number of UART 0's receive interrupt on MPS2 boards.
  public static var interrupt: UInt32 { 0 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Starts UART 0 with `clockHertz / baud` as divider. The divider comes before the enable bits.
  public func start(clockHertz: UInt32, baud: UInt32) {
    bus.write(clockHertz / baud, to: Register.divider)
    bus.write(0b1011, to: Register.control)
  }

  /// The next received byte. The interrupt is answered first: a byte that comes in between raises it again.
  public func receive() -> UInt8? {
    bus.write(0b10, to: Register.clearInterrupt)
    guard bus.read(Register.state) & State.receiveFull != 0 else { return nil }
    return UInt8(truncatingIfNeeded: bus.read(Register.data))
  }

  /// Waits for room and sends a byte.
  public func transmit(_ byte: UInt8) {
    while bus.read(Register.state) & State.transmitFull != 0 {}
    bus.write(UInt32(byte), to: Register.data)
  }
}

private enum Register {
  static let data: UInt32 = 0x4000_4000
  static let state: UInt32 = 0x4000_4004
  static let control: UInt32 = 0x4000_4008
  static let clearInterrupt: UInt32 = 0x4000_400C
  static let divider: UInt32 = 0x4000_4010
}

private enum State {
  static let transmitFull: UInt32 = 1
  static let receiveFull: UInt32 = 2
}
