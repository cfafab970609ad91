import SerialLink
import Testing

@Suite("Sending and receiving")
struct SendingTests {
  @Test("A message before the session, a second one, an empty and a too long one are refused and change nothing")
  func refusals() throws {
    let pair = Pair()
    #expect(throws: LinkError.notUp) { try pair.a.send([1], now: 0) }
    pair.settle()
    #expect(throws: LinkError.empty) { try pair.a.send([], now: 0) }
    #expect(throws: LinkError.tooLong) { try pair.a.send([UInt8](repeating: 0, count: 1_025), now: 0) }
    #expect(throws: LinkError.tooLong) { try pair.a.send(now: 0) { $0.count + 1 } }
    #expect(pair.a.canSend)
    try pair.a.send([1], now: 0)
    #expect(!pair.a.canSend)
    #expect(throws: LinkError.outstanding) { try pair.a.send([2], now: 0) }
    pair.settle()
    #expect(pair.b.received == [[1]])
    #expect(pair.a.events.last == .delivered)
  }

  @Test("The smaller fragment of both offers holds, and with it the longest message")
  func limits() {
    for (a, b, longest) in [(240, 240, 2_048), (240, 64, 1_024), (16, 240, 256), (255, 250, 2_048), (1, 64, 256)] {
      let pair = Pair(
        a: LinkConfiguration(maxPayloadBytes: UInt8(a)), b: LinkConfiguration(maxPayloadBytes: UInt8(b)))
      #expect(pair.a.maxMessageBytes == 0)
      #expect(pair.a.peer == nil)
      pair.settle()
      #expect(pair.a.maxMessageBytes == longest)
      #expect(pair.b.maxMessageBytes == longest)
      #expect(pair.a.peer == pair.b.peer)
      #expect(pair.a.peer?.maxMessageBytes == 2_048)
      #expect(pair.a.peer?.version == 1)
    }
  }

  @Test("Every length around a fragment's end arrives, with one acknowledgement a message")
  func lengths() throws {
    for count in [1, 2, 15, 16, 17, 31, 32, 33, 255, 256] {
      let pair = Pair.up(a: LinkConfiguration(maxPayloadBytes: 16))
      let sentByB = pair.b.counters.bytesSent
      let message = (0..<count).map { UInt8($0 % 3) }
      try pair.a.send(message, now: 0)
      pair.settle()
      #expect(pair.b.events == [.message(count: count)])
      #expect(pair.b.received == [message])
      #expect(pair.a.events == [.delivered])
      #expect(pair.b.counters.bytesSent - sentByB == 12)
    }
  }

  @Test("A message can be written in place, and an answer beside the message it answers")
  func inPlace() throws {
    let pair = Pair.up()
    pair.b.releasesAtOnce = false
    try pair.a.send(now: 0) { buffer in
      for index in 0..<5 { buffer[index] = UInt8(index) }
      return 5
    }
    pair.settle()
    try pair.b.answer(now: 0) { message, buffer in
      for index in message.indices { buffer[index] = message[index] + 100 }
      return message.count
    }
    pair.settle()
    #expect(pair.a.received == [[100, 101, 102, 103, 104]])
    #expect(pair.b.events == [.message(count: 5), .delivered])
    try pair.a.send(now: 0) { _ in 0 }
    #expect(pair.a.canSend)
  }

  @Test("An answer while another message is outstanding leaves the received message alone")
  func answerWhileOutstanding() throws {
    let pair = Pair.up()
    pair.b.releasesAtOnce = false
    try pair.a.send([1, 2], now: 0)
    pair.settle()
    try pair.b.send([9], now: 0)
    #expect(throws: LinkError.outstanding) {
      try pair.b.answer(now: 0) { message, buffer in message.count }
    }
    pair.settle()
    try pair.b.answer(now: 0) { message, buffer in
      buffer[0] = message[1]
      return 1
    }
    pair.settle()
    #expect(pair.a.received == [[9], [2]])
  }

  @Test("While a message is held the next one is held off, and comes as soon as the first is released")
  func holding() throws {
    let pair = Pair.up()
    pair.b.releasesAtOnce = false
    try pair.a.send([1], now: 0)
    pair.settle()
    try pair.a.send([2], now: 0)
    pair.settle()
    #expect(pair.b.received == [[1]])
    #expect(pair.a.events == [.delivered, .busy(milliseconds: 500)])
    #expect(pair.b.counters.framesHeldOff == 1)
    pair.b.release()
    pair.settle()
    pair.a.advance(now: 0)
    pair.settle()
    #expect(pair.b.received == [[1], [2]])
    #expect(pair.a.events.last == .delivered)
  }

  @Test("A held message stays readable through the end of its session")
  func holdingThroughRestart() throws {
    let pair = Pair.up()
    pair.b.releasesAtOnce = false
    try pair.a.send([1, 2, 3], now: 0)
    pair.settle()
    pair.a.reboot(epoch: 77, now: 0)
    pair.settle()
    #expect(pair.b.isUp)
    try pair.a.send([4], now: 0)
    pair.settle()
    #expect(pair.b.held == [1, 2, 3])
    pair.b.release()
    pair.settle()
    pair.a.advance(now: 0)
    pair.settle()
    #expect(pair.b.held == [4])
  }

  @Test("Both ends send at once, and all message ids come round")
  func manyMessages() throws {
    let pair = Pair.up()
    for number in 0..<600 {
      try pair.a.send([UInt8(truncatingIfNeeded: number), 1], now: 0)
      try pair.b.send([UInt8(truncatingIfNeeded: number), 2], now: 0)
      pair.settle()
    }
    #expect(pair.b.received == (0..<600).map { [UInt8(truncatingIfNeeded: $0), 1] })
    #expect(pair.a.received == (0..<600).map { [UInt8(truncatingIfNeeded: $0), 2] })
    #expect(pair.a.counters.messagesSent == 600)
    #expect(pair.a.counters.messagesReceived == 600)
    #expect(pair.a.counters.fragmentsResent == 0)
    #expect(pair.a.counters.framesDamaged + pair.a.counters.framesForeign + pair.a.counters.framesRefused == 0)
  }

  @Test("A fragment that is sent again ends at once when the acknowledgement comes")
  func acknowledgedHalfWay() throws {
    let pair = Pair.up()
    try pair.a.send([UInt8](repeating: 1, count: 60), now: 0)
    pair.b.receive(pair.a.transmit(now: 0), now: 0)
    let acknowledgement = pair.b.transmit(now: 0)
    pair.a.advance(now: 250)
    let again = pair.a.transmitOnce(bytes: 20, now: 250)
    pair.a.receive(acknowledgement, now: 250)
    #expect(pair.a.events == [.delivered])
    try pair.a.send([2, 0, 2], now: 250)
    let rest = pair.a.transmit(now: 250)
    #expect(again.count == 20 && rest.count == 1 + 13 && rest.first == 0)
    pair.b.receive(again + rest, now: 250)
    #expect(pair.b.received.last == [2, 0, 2])
    #expect(pair.b.counters.framesDamaged == 1)
  }

  @Test("Fragments that were acknowledged since the round began are left out of it")
  func acknowledgedWithinTheRound() throws {
    let pair = Pair.up()
    try pair.a.send([UInt8](repeating: 1, count: 64 * 4), now: 0)
    let frames = pair.a.transmit(now: 0).split(separator: 0).map { Array($0) + [0] }
    pair.b.receive(frames[3], now: 0)
    let some = pair.b.transmit(now: 0)
    pair.b.receive(frames[1] + frames[2] + frames[3], now: 0)
    let more = pair.b.transmit(now: 0)
    pair.a.receive(some, now: 0)
    var sent = pair.a.transmitOnce(bytes: 10, now: 0)
    pair.a.receive(more, now: 0)
    sent += pair.a.transmit(now: 0)
    // The first fragment, which was under way and asked nothing, and then the same, asking.
    #expect(sent.split(separator: 0).count == 2)
    pair.b.receive(sent, now: 0)
    pair.settle()
    #expect(pair.a.events.last == .delivered)
    #expect(pair.b.received == [[UInt8](repeating: 1, count: 64 * 4)])
  }

  @Test("An acknowledgement of what was not sent yet is not believed")
  func prematureAcknowledgement() throws {
    let pair = Pair.up()
    try pair.a.send([UInt8](repeating: 1, count: 150), now: 0)
    let first = pair.a.transmitOnce(bytes: 74, now: 0)
    pair.a.receive(FrameCodec.encode(header: 0x1B41_0000, payload: [0xFF, 0xFF]), now: 0)
    #expect(pair.a.events == [])
    pair.b.receive(first, now: 0)
    pair.settle()
    pair.now = 250
    pair.a.advance(now: 250)
    pair.settle()
    #expect(pair.b.received == [[UInt8](repeating: 1, count: 150)])
    #expect(pair.a.events.last == .delivered)
  }

  @Test("A line that takes a fragment slowly does not make the link ask before it has left")
  func stalledTransmit() throws {
    let pair = Pair.up()
    try pair.a.send([UInt8](repeating: 1, count: 100), now: 0)
    var sent = pair.a.transmitOnce(bytes: 80, now: 0)
    for moment in stride(from: UInt64(100), through: 5_000, by: 100) {
      if let deadline = pair.a.deadline, deadline <= moment { pair.a.advance(now: moment) }
    }
    sent += pair.a.transmit(now: 5_000)
    #expect(pair.a.counters.fragmentsResent == 0)
    pair.b.receive(sent, now: 5_000)
    #expect(pair.b.received.count == 1)
  }

  @Test("The line may take one byte at a time")
  func slowTransmit() throws {
    let pair = Pair.up()
    try pair.a.send([UInt8](repeating: 0, count: 200), now: 0)
    for byte in pair.a.transmit(now: 0, bufferBytes: 1) { pair.b.receive([byte], now: 0) }
    pair.settle()
    #expect(pair.b.received == [[UInt8](repeating: 0, count: 200)])
  }
}
