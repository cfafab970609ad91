import COSE
import CoAP
import CoAPStream
import DeviceBench

@testable import DeviceKit

/// The product's device on a chip of memory, at the end of a line that is not its own.
///
/// It says what it did, so that a story can tell whether anybody made it do that. What a weakened one lacks is left out
/// around it, never within.
final class AttackedDevice {
  static let messageBytes = 1_280

  let serialNumber: String
  let weaknesses: Set<Weakness>
  let keys: AttackCryptography.Table
  /// What is to go out.
  var outbox: [[UInt8]] = []
  /// Every request it sent.
  private(set) var said: Set<Words> = []
  /// Every request it answered as its manager's, in order.
  private(set) var beliefs: [Belief] = []

  var device: Device<AttackCryptography, MemoryFlash>
  /// A weakened one's: what it opened, so that it opens it again; and when it speaks in clear next.
  var opened: [Words: (message: OpenedMessage, plain: [UInt8])] = [:]
  var nextWords: UInt64 = 0
  private let chip = MemoryFlash.Chip(pages: 16)
  /// When it was switched on, in milliseconds of the story: its own clock begins there.
  private var start: UInt64 = 0
  /// It has asked and heard nothing since.
  private var isUnheard = false

  /// - Throws: whatever keeps a device from starting.
  init(
    _ serialNumber: String, weaknesses: Set<Weakness> = [], keys: AttackCryptography.Table = .init()
  ) throws {
    self.serialNumber = serialNumber
    self.weaknesses = weaknesses
    self.keys = keys
    device = try Self.assemble(serialNumber, weaknesses, keys, chip)
    try device.start(now: 0)
  }

  private static func assemble(
    _ serialNumber: String, _ weaknesses: Set<Weakness>, _ keys: AttackCryptography.Table, _ chip: MemoryFlash.Chip
  ) throws -> Device<AttackCryptography, MemoryFlash> {
    let name = Array(serialNumber.utf8)
    guard let number = DeviceSerialNumber(name.span) else { throw AttackError.setup }
    let description = DeviceDescription(
      serialNumber: number, model: "attacked", firmwareVersion: "0", maxMessageBytes: UInt16(messageBytes),
      signingMilliseconds: 1)
    return Device(
      description: description, crypto: AttackCryptography(weaknesses, table: keys), flash: MemoryFlash(chip: chip))
  }

  /// Switches it off and on: what it had in memory is gone.
  func restart(now: UInt64) throws {
    device = try Self.assemble(serialNumber, weaknesses, keys, chip)
    start = now
    isUnheard = false
    outbox = []
    try device.start(now: 0)
    device.linkDidComeUp(now: 0)
  }

  /// Tells it that its line is up.
  func connect(now: UInt64) { device.linkDidComeUp(now: now - start) }

  /// When it has something to do without being spoken to, in milliseconds of the story.
  var deadline: UInt64? {
    if weaknesses.contains(.unprotected) { return nextWords }
    if weaknesses.contains(.withoutRetry), isUnheard { return nil }
    return device.deadline.map { $0 + start }
  }

  func advance(now: UInt64) {
    if weaknesses.contains(.unprotected) { return speakInClear(now: now) }
    while let deadline, deadline <= now, let frame = nextFrame(now: now - start) {
      isUnheard = true
      send(frame)
    }
  }

  private func nextFrame(now: UInt64) -> [UInt8]? {
    // A request that failed may leave another one due, and nothing written.
    var buffer = [UInt8](repeating: 0, count: Self.messageBytes)
    var span = buffer.mutableSpan
    let count = device.nextRequest(into: &span, now: now)
    return count == 0 ? nil : Array(buffer.prefix(count))
  }

  func send(_ frame: [UInt8]) {
    if let message = try? CoAPMessage(parsing: frame) { said.insert(Words(message)) }
    outbox.append(frame)
  }

  func receive(_ frame: [UInt8], now: UInt64) {
    isUnheard = false
    guard let request = try? CoAPMessage(parsing: frame) else { return _ = handle(frame, nil, now: now) }
    let before = changes
    guard let reply = handle(frame, request, now: now) else { return }
    outbox.append(reply)
    guard let answer = try? CoAPMessage(parsing: reply), Belief.shows(answer, to: request) else { return }
    beliefs.append(Belief(words: Words(request), at: now, isObeyed: changes > before))
  }

  private var changes: Int { keys.changes + chip.changes }

  private func handle(_ frame: [UInt8], _ request: CoAPMessage?, now: UInt64) -> [UInt8]? {
    var buffer = frame
    if let request, request.code.isRequest { buffer = openWeakly(frame, request) ?? frame }
    let standsStill = weaknesses.contains(.withoutEcho) && request?.code.isRequest == true
    var reply = [UInt8](repeating: 0, count: Self.messageBytes)
    var room = reply.mutableSpan
    var message = buffer.mutableSpan
    let count = device.handle(&message, reply: &room, now: standsStill ? 0 : now - start)
    return count == 0 ? nil : Array(reply.prefix(count))
  }
}

enum AttackError: Error { case setup }
