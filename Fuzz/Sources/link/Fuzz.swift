import SerialLink

/// Two links with the fuzzer's input as the line, the clock and the callers between them.
///
/// A trap is a finding, and so is a message that was never sent, comes twice, out of order or spoilt, or is called
/// delivered without having come.
struct Machine: ~Copyable {
  typealias FuzzedLink = Link<512>

  private var a = FuzzedLink(configuration: LinkConfiguration(maxPayloadBytes: 32), bootEpoch: 0x1111_1140, now: 0)
  private var b = FuzzedLink(configuration: LinkConfiguration(maxPayloadBytes: 240), bootEpoch: 0x2222_2201, now: 0)
  private var toA: [UInt8] = []
  private var toB: [UInt8] = []
  private var now: UInt64 = 0
  private var epoch: UInt32 = 0x3333_3333
  /// The number of the message last sent by each end, whether it is outstanding, and what last came to each end.
  private var sent: (a: UInt8, b: UInt8) = (0, 0)
  private var isOutstanding = (a: false, b: false)
  private var came: (a: UInt8, b: UInt8) = (0, 0)

  mutating func run(_ input: UnsafeBufferPointer<UInt8>) {
    var index = 0
    func next() -> UInt8 {
      defer { index += 1 }
      return index < input.count ? input[index] : 0
    }
    while index < input.count, sent.a < 250, sent.b < 250 {
      let action = next()
      drain()
      switch action >> 4 {
      case 0: sendA(count: Int(next()) + 1)
      case 1: sendB(count: Int(next()) + 1)
      case 2: carry(Int(next()), toB: true)
      case 3: carry(Int(next()), toB: false)
      case 4: drop(Int(next()), toB: action & 1 == 0)
      case 5: flip(Int(next()), mask: next(), toB: action & 1 == 0)
      case 6: inject((0..<Int(action & 15)).map { _ in next() }, toB: true)
      case 7: inject((0..<Int(action & 15)).map { _ in next() }, toB: false)
      case 8: pass(UInt64(next()) << UInt64(action & 7))
      case 9: restart(a: action & 1 == 0)
      case 10: a.announceBusy(milliseconds: UInt16(next()) << 4)
      case 11: b.announceBusy(milliseconds: UInt16(next()) << 4)
      case 12: duplicate(toB: action & 1 == 0)
      default:
        carry(Int.max, toB: true)
        carry(Int.max, toB: false)
      }
    }
  }

  private mutating func drain() {
    var buffer = [UInt8](repeating: 0, count: 64)
    var count = 0
    repeat {
      var span = buffer.mutableSpan
      count = a.transmit(into: &span, now: now)
      toB += buffer[..<count]
    } while count > 0
    repeat {
      var span = buffer.mutableSpan
      count = b.transmit(into: &span, now: now)
      toA += buffer[..<count]
    } while count > 0
  }

  private mutating func carry(_ count: Int, toB isToB: Bool) {
    for byte in isToB ? toB.prefix(count) : toA.prefix(count) {
      if isToB { note(b: b.receive(byte, now: now)) } else { note(a: a.receive(byte, now: now)) }
    }
    drop(count, toB: isToB)
  }

  private mutating func drop(_ count: Int, toB isToB: Bool) {
    if isToB { toB.removeFirst(min(count, toB.count)) } else { toA.removeFirst(min(count, toA.count)) }
  }

  private mutating func flip(_ index: Int, mask: UInt8, toB isToB: Bool) {
    if isToB, index < toB.count { toB[index] ^= mask }
    if !isToB, index < toA.count { toA[index] ^= mask }
  }

  private mutating func inject(_ bytes: [UInt8], toB isToB: Bool) {
    if isToB { toB.insert(contentsOf: bytes, at: 0) } else { toA.insert(contentsOf: bytes, at: 0) }
  }

  /// What stands on the line comes twice.
  private mutating func duplicate(toB isToB: Bool) {
    if isToB, toB.count < 4_096 { toB += toB }
    if !isToB, toA.count < 4_096 { toA += toA }
  }

  private mutating func pass(_ milliseconds: UInt64) {
    now += milliseconds
    for _ in 0..<4 {
      if let deadline = a.deadline, deadline <= now { note(a: a.advance(now: now)) }
      if let deadline = b.deadline, deadline <= now { note(b: b.advance(now: now)) }
    }
  }

  private mutating func restart(a isA: Bool) {
    epoch &+= 0x0101_0101
    if isA {
      a = FuzzedLink(configuration: LinkConfiguration(maxPayloadBytes: 32), bootEpoch: epoch, now: now)
      isOutstanding.a = false
    } else {
      b = FuzzedLink(configuration: LinkConfiguration(maxPayloadBytes: 240), bootEpoch: epoch, now: now)
      isOutstanding.b = false
    }
  }

  private mutating func sendA(count: Int) {
    guard a.canSend, !isOutstanding.a else { return }
    sent.a += 1
    isOutstanding.a = true
    let message = [UInt8](repeating: sent.a, count: count)
    do throws(LinkError) { try a.send(message.span, now: now) } catch { preconditionFailure("a could not send") }
  }

  private mutating func sendB(count: Int) {
    guard b.canSend, !isOutstanding.b else { return }
    sent.b += 1
    isOutstanding.b = true
    let message = [UInt8](repeating: sent.b, count: count)
    do throws(LinkError) { try b.send(message.span, now: now) } catch { preconditionFailure("b could not send") }
  }

  private mutating func note(a event: LinkEvent) {
    if case .message = event {
      came.a = Self.number(of: &a, after: came.a, upTo: sent.b)
      a.releaseReceived()
    }
    Self.note(event, isOutstanding: &isOutstanding.a, hasCome: came.b == sent.a)
  }

  private mutating func note(b event: LinkEvent) {
    if case .message = event {
      came.b = Self.number(of: &b, after: came.b, upTo: sent.a)
      b.releaseReceived()
    }
    Self.note(event, isOutstanding: &isOutstanding.b, hasCome: came.a == sent.b)
  }

  private static func number(of link: inout FuzzedLink, after last: UInt8, upTo highest: UInt8) -> UInt8 {
    link.withReceivedMessage { message in
      let number = message[0]
      precondition(number > last && number <= highest, "twice, or never sent")
      for index in message.indices { precondition(message[index] == number, "spoilt") }
      return number
    }
  }

  private static func note(_ event: LinkEvent, isOutstanding: inout Bool, hasCome: Bool) {
    switch event {
    case .delivered:
      precondition(isOutstanding && hasCome, "delivered without having come")
      isOutstanding = false
    case .undelivered:
      precondition(isOutstanding, "undelivered without having been sent")
      isOutstanding = false
    case .none, .up, .message, .down, .busy:
      break
    }
  }
}

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLink(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var machine = Machine()
  machine.run(UnsafeBufferPointer(start: start, count: count))
  return 0
}
