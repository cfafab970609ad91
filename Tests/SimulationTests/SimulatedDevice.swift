import COSE
import CoAPStream
import DeviceBench
import DeviceKit
import SerialLink

/// A device as the firmware puts it together, on memory instead of a board.
final class SimulatedDevice {
  static let serialNumber = "SIM-0001"

  var end: LineEnd
  private var device: Device<SoftwareCryptography, MemoryFlash>
  private let keys: SoftwareCryptography.KeyTable

  /// - Throws: whatever keeps a device from starting.
  init(chip: MemoryFlash.Chip, keys: SoftwareCryptography.KeyTable, now: UInt64) throws {
    self.keys = keys
    let serial = Array(Self.serialNumber.utf8)
    guard let name = DeviceSerialNumber(serial.span) else { throw SimulationError.setup }
    let description = DeviceDescription(
      serialNumber: name, model: "simulated", firmwareVersion: "0", maxMessageBytes: 1_280, signingMilliseconds: 1)
    device = Device(
      description: description, crypto: SoftwareCryptography(table: keys), flash: MemoryFlash(chip: chip))
    end = LineEnd(bootEpoch: .random(in: 0...(.max)), now: now)
    try device.start(now: now)
  }

  /// The keys in the device's key storage.
  var keyCount: Int { keys.identityKeys }
  var state: DeviceState? { device.state }
  var deadline: UInt64? { [end.link.deadline, end.link.canSend ? device.deadline : nil].compactMap { $0 }.min() }

  /// One CoAP message on the direct line, as provisioning has it, without the link.
  func ask(_ message: CoAPMessage, now: UInt64) throws -> CoAPMessage {
    var frame = try message.serialized()
    var reply = [UInt8](repeating: 0, count: 1_280)
    var span = reply.mutableSpan
    var received = frame.mutableSpan
    let count = device.handle(&received, reply: &span, now: now)
    return try CoAPMessage(parsing: Array(reply[..<count]))
  }

  func receive(_ bytes: [UInt8], now: UInt64) throws {
    for byte in bytes { try take(end.link.receive(byte, now: now), now: now) }
  }

  func advance(now: UInt64) throws {
    try take(end.link.advance(now: now), now: now)
    try answer(now: now)
    guard end.link.canSend else { return }
    try end.link.send(now: now) { buffer in device.nextRequest(into: &buffer, now: now) }
  }

  private func take(_ event: LinkEvent, now: UInt64) throws {
    switch event {
    case .up: device.linkDidComeUp(now: now)
    case .message: try answer(now: now)
    case .none, .delivered, .undelivered, .down, .busy: break
    }
  }

  /// Answers what stands in the link, as soon as the link can take an answer.
  private func answer(now: UInt64) throws {
    guard !end.link.receivedMessage.isEmpty, end.link.canSend else { return }
    try end.link.answer(now: now) { message, reply in device.handle(&message, reply: &reply, now: now) }
  }
}

enum SimulationError: Error { case setup }
