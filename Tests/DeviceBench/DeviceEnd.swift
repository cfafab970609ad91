import COSE
import CoAP
public import CoAPStream
public import DeviceKit

/// DeviceKit's device on memory instead of a board, as a value that tests hold: frames and time in, frames out.
///
/// The flash is the test's, so that a device can be switched off and put together anew on what is left.
public final class DeviceEnd<Crypto: SessionCryptography & ~Copyable> {
  public let serialNumber: String
  public let chip: MemoryFlash.Chip
  /// Milliseconds since the start.
  public var now: UInt64 = 0
  private var device: Device<Crypto, MemoryFlash>
  private let maxMessageBytes = 1_280

  /// Switches it on; its link is up.
  ///
  /// - Throws: `DeviceError`, and ``DeviceEndError`` for a serial number that is none.
  public init(_ serialNumber: String, crypto: consuming Crypto, chip: MemoryFlash.Chip) throws {
    self.serialNumber = serialNumber
    self.chip = chip
    let bytes = Array(serialNumber.utf8)
    guard let name = DeviceSerialNumber(bytes.span) else { throw DeviceEndError.serialNumber }
    let description = DeviceDescription(
      serialNumber: name, model: "memory", firmwareVersion: "0", maxMessageBytes: UInt16(maxMessageBytes),
      signingMilliseconds: 1)
    device = Device(description: description, crypto: crypto, flash: MemoryFlash(chip: chip))
    try device.start(now: 0)
    device.linkDidComeUp(now: 0)
  }

  public var state: DeviceState? { device.state }
  public var deadline: UInt64? { device.deadline }

  /// Hands the device a message.
  ///
  /// - Returns: its answer; nil if it has none.
  @discardableResult
  public func handle(_ message: CoAPMessage) throws -> CoAPMessage? {
    var frame = try message.serialized()
    var reply = [UInt8](repeating: 0, count: maxMessageBytes)
    var received = frame.mutableSpan
    var span = reply.mutableSpan
    _ = device.open(&received)
    let count = device.handle(&received, reply: &span, now: now)
    return count == 0 ? nil : try CoAPMessage(parsing: Array(reply.prefix(count)))
  }

  /// What the device says of its own accord by now; nil for nothing.
  public func nextMessage() throws -> CoAPMessage? {
    var buffer = [UInt8](repeating: 0, count: maxMessageBytes)
    var span = buffer.mutableSpan
    let count = device.nextRequest(into: &span, now: now)
    return count == 0 ? nil : try CoAPMessage(parsing: Array(buffer.prefix(count)))
  }

  /// What the device says next, after as much time as it takes.
  public func laterMessage() throws -> CoAPMessage? {
    now = max(now, device.deadline ?? now)
    return try nextMessage()
  }

  /// `POST /provision` on the direct line, in factory state.
  ///
  /// - Parameters:
  ///   - root: the trust root's public key, 64 bytes.
  ///   - descriptor: that it signed.
  public func provision(root: [UInt8], descriptor: [UInt8]) throws -> Code? {
    let payload: [UInt8] =
      [0xA2, 0x01, 0x58, 0x40] + root
      + [0x02, 0x59, UInt8(descriptor.count >> 8), UInt8(descriptor.count & 0xFF)] + descriptor
    return try handle(.request(.post, "provision", contentFormat: .cbor, payload: payload))?.code
  }
}

/// A device that cannot be put together.
public enum DeviceEndError: Error {
  /// DeviceKit does not take this serial number.
  case serialNumber
}
