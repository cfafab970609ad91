import COSE
import CoAP
import Crypto
import DeviceKit
import OSCORE
import SessionPeer

/// A device on a bench: its flash and keys outlive it, so that it can be restarted.
final class Bench {
  typealias TestDevice = Device<TestCryptography, SimulatedFlash>

  static let serialNumber = "BENCH-0001"
  let power: Power
  let chip: FlashChip
  let keys: KeyTable
  let maxMessageBytes: Int
  private let model: StaticString
  var now: UInt64 = 0
  /// The longest message that the other end of the link takes.
  var lineBytes: Int
  /// Who answers the device's handshakes.
  var manager: ManagerEnd
  var device: TestDevice
  private var tokens: UInt32 = 0
  /// A registration that came with a handshake while a request to the device was being made.
  private var early: TestMessage?
  /// The numbers of the device's requests that wait for an answer, by their tokens.
  private var bindings: [Token: RequestBinding] = [:]

  init(
    power: Power = Power(), fill: UInt8 = 0xFF, pages: Int = 12, pageBytes: Int = 1024, writeBytes: Int = 4,
    maxMessageBytes: Int = 1024, model: StaticString = "bench"
  ) {
    self.power = power
    chip = FlashChip(pages: pages, pageBytes: pageBytes, writeBytes: writeBytes, fill: fill, power: power)
    keys = KeyTable(power: power)
    self.maxMessageBytes = maxMessageBytes
    self.model = model
    lineBytes = maxMessageBytes
    do { manager = try ManagerEnd() } catch { preconditionFailure("a manager's key: \(error)") }
    device = Self.assemble(chip, keys, maxMessageBytes, model)
  }

  private static func assemble(
    _ chip: FlashChip, _ keys: KeyTable, _ maxMessageBytes: Int, _ model: StaticString
  ) -> TestDevice {
    let serialNumber = Array(Self.serialNumber.utf8)
    guard let parsed = DeviceSerialNumber(serialNumber.span) else { preconditionFailure("a valid serial number") }
    let description = DeviceDescription(
      serialNumber: parsed, model: model, firmwareVersion: "0.0.1", maxMessageBytes: UInt16(maxMessageBytes),
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
    keys.ephemeralKeys = [:]
    early = nil
    manager.restart()
    device = Self.assemble(chip, keys, maxMessageBytes, model)
    try device.start(now: now)
    device.linkDidComeUp(now: now)
  }

  var state: DeviceState? { device.state }
  var deadline: UInt64? { device.deadline }

  /// The manager has no session with the device any more; what came under it needs no answer.
  func loseSession() {
    early = nil
    manager.restart()
  }

  func linkDidComeUp() {
    early = nil
    device.linkDidComeUp(now: now)
  }

  /// How long the device announces for a request, in milliseconds; the request is opened and not handled.
  func expectedWork(_ message: TestMessage) -> UInt16 {
    guard let frame = state == nil ? message.frame : try? manager.protect(request: message.frame).frame else {
      return 0
    }
    return expectedWork(opening: frame)
  }

  func expectedWork(opening frame: [UInt8]) -> UInt16 {
    var frame = frame
    var span = frame.mutableSpan
    return device.open(&span)
  }

  /// Hands the device a frame and returns its answer.
  func handle(_ frame: [UInt8]) -> [UInt8] {
    var frame = frame
    var reply = [UInt8](repeating: 0, count: lineBytes)
    var message = frame.mutableSpan
    var span = reply.mutableSpan
    _ = device.open(&message)
    let count = device.handle(&message, reply: &span, now: now)
    return Array(reply.prefix(count))
  }

  /// What the device puts on the line now.
  func nextFrame() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: lineBytes)
    var span = buffer.mutableSpan
    let count = device.nextRequest(into: &span, now: now)
    return count == 0 ? nil : Array(buffer.prefix(count))
  }

  /// What the device wants to send now, as its manager reads it. Handshakes are led on the way.
  func nextRequest() -> TestMessage? {
    if let early, state != nil {
      self.early = nil
      return early
    }
    while let frame = nextFrame(), let message = TestMessage(parsing: frame) {
      if message.path == ".well-known/edhoc" {
        guard let message2 = try? manager.answerGreeting(message.payload) else { return nil }
        var answer = TestMessage(.changed)
        answer.token = message.token
        answer.format = .edhoc
        answer.payload = message2
        _ = handle(answer.frame)
      } else if let request = try? manager.open(request: frame), let plain = TestMessage(parsing: request.frame) {
        bindings[plain.token] = request.binding
        return plain
      } else {
        return message
      }
    }
    return nil
  }

  /// Answers the device's own request, in its session.
  func answer(_ request: TestMessage, _ code: Code, maxAge: UInt32? = nil, payload: [UInt8] = []) {
    if let frame = try? protectAnswer(to: request, code, maxAge: maxAge, payload: payload) { _ = handle(frame) }
  }

  /// The manager's answer to the device's own request, as it crosses the line.
  func protectAnswer(
    to request: TestMessage, _ code: Code, maxAge: UInt32? = nil, payload: [UInt8] = []
  ) throws -> [UInt8] {
    var message = TestMessage(code)
    message.token = request.token
    message.maxAge = maxAge
    if !payload.isEmpty { message.format = .cbor }
    message.payload = payload
    guard let binding = bindings[request.token] else { throw OSCOREError.unknownContext }
    return try manager.protect(answer: message.frame, to: binding)
  }

  /// Asks the device: in clear in factory state, in a session with the manager afterwards; with an Echo if it wants one.
  func ask(_ message: TestMessage) -> TestMessage? {
    guard state != nil else { return askInClear(message) }
    let answer = askOnce(message)
    guard answer?.code == .unauthorized, let echo = answer?.echo else { return answer }
    var message = message
    message.echo = echo
    return askOnce(message)
  }

  /// Asks the device outside any session.
  func askInClear(_ message: TestMessage) -> TestMessage? {
    if state == nil { early = nil }
    let message = numbered(message)
    guard let answer = TestMessage(parsing: handle(message.frame)) else { return nil }
    return answer.token == message.token ? answer : nil
  }

  /// Asks the device in a session with the manager, which begins here if there is none.
  func askOnce(_ message: TestMessage) -> TestMessage? {
    let message = numbered(message)
    if !manager.hasSession {
      now = max(now, deadline ?? now)
      early = nextRequest()
    }
    guard let request = try? manager.protect(request: message.frame),
      let plain = try? manager.open(answer: handle(request.frame), to: request.binding),
      let answer = TestMessage(parsing: plain)
    else { return nil }
    return answer.token == message.token ? answer : nil
  }

  private func numbered(_ message: TestMessage) -> TestMessage {
    var message = message
    tokens += 1
    message.token = Token(tokens)
    return message
  }

  func ask(_ code: Code, _ path: String, _ format: ContentFormat? = nil, _ payload: [UInt8] = []) -> TestMessage? {
    ask(TestMessage(code, path, format, payload))
  }
}
