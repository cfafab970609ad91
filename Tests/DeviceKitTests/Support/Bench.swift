import COSE
import CoAP
import Crypto
import DeviceKit

/// A device on a bench: its flash and keys outlive it, so that it can be restarted.
final class Bench {
  typealias TestDevice = Device<TestCryptography, SimulatedFlash>

  static let serialNumber = "BENCH-0001"
  let power: Power
  let chip: FlashChip
  let keys: KeyTable
  let maxMessageBytes: Int
  var now: UInt64 = 0
  private var device: TestDevice
  private var tokens: UInt32 = 0

  init(
    power: Power = Power(), fill: UInt8 = 0xFF, pages: Int = 12, pageBytes: Int = 1024, writeBytes: Int = 4,
    maxMessageBytes: Int = 1024
  ) {
    self.power = power
    chip = FlashChip(pages: pages, pageBytes: pageBytes, writeBytes: writeBytes, fill: fill, power: power)
    keys = KeyTable(power: power)
    self.maxMessageBytes = maxMessageBytes
    device = Self.assemble(chip, keys, maxMessageBytes)
  }

  private static func assemble(_ chip: FlashChip, _ keys: KeyTable, _ maxMessageBytes: Int) -> TestDevice {
    let serialNumber = Array(Self.serialNumber.utf8)
    guard let parsed = DeviceSerialNumber(serialNumber.span) else { preconditionFailure("a valid serial number") }
    let description = DeviceDescription(
      serialNumber: parsed, model: "bench", firmwareVersion: "0.0.1", maxMessageBytes: UInt16(maxMessageBytes),
      signingMilliseconds: 100)
    return Device(
      description: description, crypto: TestCryptography(table: keys), flash: SimulatedFlash(chip: chip))
  }

  /// Switches the device off and on.
  func restart() throws {
    power.restore()
    try restartWithoutPower()
  }

  /// Starts with the supply as it is, which may fail on the way.
  func restartWithoutPower() throws {
    now = 0
    device = Self.assemble(chip, keys, maxMessageBytes)
    try device.start(now: now)
    device.linkDidComeUp(now: now)
  }

  var state: DeviceState? { device.state }
  var deadline: UInt64? { device.deadline }

  func linkDidComeUp() { device.linkDidComeUp(now: now) }

  func expectedWork(_ frame: [UInt8]) -> UInt16 { device.expectedWorkMilliseconds(frame.span) }

  /// Hands the device a frame and returns its answer.
  func handle(_ frame: [UInt8]) -> [UInt8] {
    var reply = [UInt8](repeating: 0, count: maxMessageBytes)
    var span = reply.mutableSpan
    let count = device.handle(frame.span, reply: &span, now: now)
    return Array(reply.prefix(count))
  }

  /// What the device wants to send now.
  func nextRequest() -> TestMessage? {
    var buffer = [UInt8](repeating: 0, count: maxMessageBytes)
    var span = buffer.mutableSpan
    let count = device.nextRequest(into: &span, now: now)
    return count == 0 ? nil : TestMessage(parsing: Array(buffer.prefix(count)))
  }

  /// Answers the device's own request.
  func answer(_ request: TestMessage, _ code: Code, maxAge: UInt32? = nil, payload: [UInt8] = []) {
    var message = TestMessage(code)
    message.token = request.token
    message.maxAge = maxAge
    if !payload.isEmpty { message.format = .cbor }
    message.payload = payload
    _ = handle(message.frame)
  }

  /// Asks the device.
  func ask(_ message: TestMessage) -> TestMessage? {
    var message = message
    tokens += 1
    message.token = Token(tokens)
    guard let answer = TestMessage(parsing: handle(message.frame)) else { return nil }
    return answer.token == message.token ? answer : nil
  }

  func ask(_ code: Code, _ path: String, _ format: ContentFormat? = nil, _ payload: [UInt8] = []) -> TestMessage? {
    var message = TestMessage(code)
    message.path = path
    message.format = format
    message.payload = payload
    return ask(message)
  }
}
