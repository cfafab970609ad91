import Registers

/// The nRF51's UART (nRF51 Series Reference Manual 3.0, chapter 29) at 115,200 baud, 8N1, without flow control.
///
/// Receiving is by interrupt: the FIFO holds six bytes, half a millisecond of the line.
public struct UART<Bus: RegisterBus> {
  /// The interrupt's number.
  public static var interrupt: UInt32 { 2 }

  let bus: Bus

  public init(_ bus: Bus) { self.bus = bus }

  /// Sets the UART up on the given GPIO pins and starts it.
  public func start(transmitPin: UInt32, receivePin: UInt32) {
    bus.write(transmitPin, to: Register.transmitPin)
    bus.write(receivePin, to: Register.receivePin)
    bus.write(0x01D7_E000, to: Register.baudRate)
    bus.write(4, to: Register.enable)
    bus.write(1 << 2, to: Register.enableInterrupts)
    bus.write(1, to: Register.startReceiving)
    bus.write(1, to: Register.startTransmitting)
  }

  /// The next received byte. The event is cleared first: a byte that comes in between raises it again.
  public func receive() -> UInt8? {
    guard bus.read(Register.received) != 0 else { return nil }
    bus.write(0, to: Register.received)
    return UInt8(truncatingIfNeeded: bus.read(Register.receivedByte))
  }

  /// Sends a byte and waits until it has left.
  public func transmit(_ byte: UInt8) {
    bus.write(0, to: Register.transmitted)
    bus.write(UInt32(byte), to: Register.transmittedByte)
    bus.wait(for: 1, at: Register.transmitted)
  }
}

private enum Register {
  static let startReceiving: UInt32 = 0x4000_2000
  static let startTransmitting: UInt32 = 0x4000_2008
  static let received: UInt32 = 0x4000_2108
  static let transmitted: UInt32 = 0x4000_211C
  static let enableInterrupts: UInt32 = 0x4000_2304
  static let enable: UInt32 = 0x4000_2500
  static let transmitPin: UInt32 = 0x4000_250C
  static let receivePin: UInt32 = 0x4000_2514
  static let receivedByte: UInt32 = 0x4000_2518
  static let transmittedByte: UInt32 = 0x4000_251C
  static let baudRate: UInt32 = 0x4000_2524
}
