import Testing

@testable import SerialLink

@Suite("Sessions")
struct SessionTests {
  @Test("Both ends hail at once and come up with four HELLOs")
  func simultaneous() {
    let pair = Pair()
    pair.settle()
    #expect(pair.a.events == [.up])
    #expect(pair.b.events == [.up])
    #expect(pair.a.counters.hellosSent + pair.b.counters.hellosSent == 4)
  }

  @Test("A lost third HELLO costs one more, not the session")
  func lostConfirmation() {
    let pair = Pair()
    pair.b.receive(pair.a.transmit(now: 0), now: 0)
    pair.a.receive(pair.b.transmit(now: 0), now: 0)
    _ = pair.a.transmit(now: 0)
    #expect(pair.a.isUp && !pair.b.isUp)
    pair.now = 250
    pair.b.advance(now: 250)
    pair.settle()
    #expect(pair.b.isUp)
    #expect(pair.a.events == [.up])
  }

  @Test("Two HELLOs in one go, of which the second brings the end up, are answered still")
  func helloBehindHello() {
    let pair = Pair()
    let first = pair.b.transmit(now: 0)
    pair.b.receive(pair.a.transmit(now: 0), now: 0)
    pair.a.receive(first + pair.b.transmit(now: 0), now: 0)
    #expect(pair.a.isUp)
    pair.b.receive(pair.a.transmit(now: 0), now: 0)
    #expect(pair.b.isUp)
  }

  @Test("A restarted peer is noticed by its first HELLO: undelivered, down and up come in this order")
  func restart() throws {
    let pair = Pair.up()
    try pair.b.send([1], now: 0)
    pair.a.reboot(epoch: 3, now: 0)
    _ = pair.b.transmit(now: 0)
    pair.settle()
    #expect(pair.b.events == [.undelivered(.peerRestarted), .down(.peerRestarted), .up])
    #expect(pair.a.events == [.up])
  }

  @Test("A peer without random numbers, whose epoch is the same at every start, still begins a new session")
  func constantEpoch() throws {
    let pair = Pair.up()
    for _ in 0..<300 {
      try pair.a.send([1], now: pair.now)
      try pair.b.send([2], now: pair.now)
      pair.settle()
      try pair.b.send([3], now: pair.now)
      pair.a.reboot(epoch: 0x1111_1140, now: pair.now)
      pair.a.forgetEvents()
      pair.b.forgetEvents()
      pair.settle()
      #expect(pair.b.events.suffix(2) == [.down(.peerRestarted), .up])
      #expect(pair.a.events.last == .up)
      #expect(pair.a.received == [])
    }
  }

  @Test("Nothing of earlier sessions, replayed, is acted on or ends the present one")
  func replays() throws {
    let pair = Pair(epochs: (0x0000_0140, 0x0000_0202))
    var past: [(toA: [UInt8], toB: [UInt8])] = []
    for session in 0..<20 {
      pair.now += 300
      if session > 0 { pair.a.reboot(epoch: 0x0000_0140 + UInt32(session) * 0x101, now: pair.now) }
      for _ in 0..<7 {
        let toB = pair.a.transmit(now: pair.now)
        pair.b.receive(toB, now: pair.now)
        let toA = pair.b.transmit(now: pair.now)
        pair.a.receive(toA, now: pair.now)
        for end in [pair.a, pair.b] { end.fetchEvents(now: pair.now) }
        past.append((toA, toB))
        if pair.a.canSend { try pair.a.send([UInt8(session)], now: pair.now) }
        if pair.b.canSend { try pair.b.send([UInt8(session), 0], now: pair.now) }
      }
      pair.settle()
    }
    #expect(pair.a.received.count > 20 && pair.b.received.count > 20)
    pair.now += 300
    pair.a.reboot(epoch: 0x7777_7777, now: pair.now)
    pair.settle()
    #expect(pair.a.isUp && pair.b.isUp)
    pair.a.forgetEvents()
    pair.b.forgetEvents()
    for (index, chunk) in past.enumerated() {
      pair.now += 300
      pair.a.receive(chunk.toA, now: pair.now)
      pair.b.receive(chunk.toB, now: pair.now)
      pair.settle()
      #expect(pair.a.events == [], "chunk \(index)")
      #expect(pair.b.events == [], "chunk \(index)")
    }
  }

  @Test("A line that echoes brings nothing up and delivers nothing")
  func echo() throws {
    let alone = Endpoint(epoch: 9)
    for moment in stride(from: UInt64(0), to: 60_000, by: 250) {
      alone.advance(now: moment)
      alone.receive(alone.transmit(now: moment), now: moment)
    }
    #expect(alone.events == [])
    #expect(alone.counters.hellosSent < 20)

    let pair = Pair.up()
    try pair.a.send([1, 2, 3], now: 0)
    let sent = pair.a.transmit(now: 0)
    pair.a.receive(sent, now: 0)
    #expect(pair.a.received == [])
    pair.b.receive(sent, now: 0)
    pair.settle()
    #expect(pair.a.events == [.delivered])
    #expect(pair.b.received == [[1, 2, 3]])
  }

  @Test("A peer of another version is not talked to, and both say why")
  func versions() {
    let end = Endpoint(epoch: 0x1111_1140)
    let hello: [UInt8] = [0x22, 64, 4, 0, 0, 0, 1, 7, 0, 0, 0, 0]
    end.receive(FrameCodec.encodeControl(header: 0x0007_0000, payload: hello), now: 0)
    end.fetchEvents(now: 0)
    #expect(end.events == [.down(.noCommonVersion)])
    #expect(!end.isUp)
  }

  @Test("A peer of several versions is talked to in the highest common one, and may say more in HELLO")
  func laterVersion() {
    let end = Endpoint(epoch: 0x1111_1140)
    let hello: [UInt8] = [0x13, 64, 4, 0, 0, 0, 1, 7, 0x11, 0x11, 0x11, 0x40]
    let wire = FrameCodec.encode(header: 0x0007_0000, payload: hello + [1, 2, 3, 4, 5])
    end.receive(wire, now: 0)
    end.fetchEvents(now: 0)
    #expect(end.events == [.up])
    #expect(end.peer == PeerLimits(payloadBytes: 64, maxMessageBytes: 1_024, version: 1))
  }

  @Test("A HELLO that is too short, offers no payload, takes no message or contradicts itself is refused")
  func malformedHello() {
    let end = Endpoint(epoch: 0x1111_1140)
    let good: [UInt8] = [0x11, 64, 4, 0, 0, 0, 1, 7, 0x11, 0x11, 0x11, 0x40]
    end.receive(FrameCodec.encode(header: 0x0007_0000, payload: good.dropLast()), now: 0)
    end.receive(FrameCodec.encode(header: 0x0008_0000, payload: good), now: 0)
    end.receive(FrameCodec.encode(header: 0x0007_0000, payload: [0x11, 15] + good[2...]), now: 0)
    for longest in [0, 1, 3, 36, 127] as [UInt8] {
      end.receive(FrameCodec.encode(header: 0x0007_0000, payload: [0x11, 64, 0, longest] + good[4...]), now: 0)
    }
    #expect(end.counters.framesRefused == 8)
    #expect(end.events == [])
    end.receive(FrameCodec.encode(header: 0x0007_0000, payload: [0x11, 64, 0, 128] + good[4...]), now: 0)
    #expect(end.isUp)
    #expect(end.maxMessageBytes == 128)
  }

  @Test("A burst of foreign frames is answered with one HELLO")
  func foreignBurst() {
    let end = Endpoint(epoch: 1)
    _ = end.transmit(now: 0)
    for _ in 0..<16 { end.receive(FrameCodec.encode(header: 0x1168_0000, payload: [1]), now: 0) }
    #expect(end.transmit(now: 0).count == 23)
    for _ in 0..<16 { end.receive(FrameCodec.encode(header: 0x1168_0000, payload: [1]), now: 100) }
    #expect(end.transmit(now: 100) == [])
    #expect(end.counters.framesForeign == 32)
  }

  @Test("Intact frames of the session that break its rules are refused and harm nothing")
  func impossibleFrames() throws {
    let pair = Pair.up()
    let byte = UInt32(0x41) << 16
    for (header, count) in [
      (0x1500_0000, 0),  // unknown kind
      (0x1300_0000, 1),  // acknowledgement without its bitmap
      (0x1200_0000, 0),  // empty fragment
      (0x1200_0000, 65),  // longer than agreed
      (0x1100_0001, 63),  // short, but not the last
      (0x1200_0010, 1),  // index beyond the count
      (0x1200_00F0, 1),
      (0x1200_0500, 1),  // a message far ahead
    ] as [(UInt32, Int)] {
      pair.b.receive(
        FrameCodec.encode(header: header | byte, payload: [UInt8](repeating: 5, count: count)), now: 0)
    }
    #expect(pair.b.counters.framesRefused == 8)
    #expect(pair.b.counters.framesForeign == 0)
    try pair.a.send([UInt8](repeating: 6, count: 130), now: 0)
    pair.settle()
    #expect(pair.b.received == [[UInt8](repeating: 6, count: 130)])
  }

  @Test("A damaged header cannot spoil a fragment that is already there")
  func damagedHeader() throws {
    let pair = Pair.up()
    let message = (0..<130).map { UInt8($0) }
    try pair.a.send(message, now: 0)
    var frames = pair.a.transmit(now: 0).split(separator: 0).map { Array($0) + [0] }
    pair.b.receive(frames[0] + frames[1], now: 0)
    // The third fragment pretends to be the first: only its CRC can tell.
    var body = Array(FrameCodec.decode(frames[2]).frames[0].payload)
    body += [UInt8](repeating: 0xEE, count: 60)
    var fake = FrameCodec.encode(header: 0x1241_0002, payload: body)
    fake[fake.count - 2] ^= 1
    pair.b.receive(fake, now: 0)
    #expect(pair.b.counters.framesDamaged == 1)
    frames.removeFirst(2)
    pair.b.receive(frames[0], now: 0)
    #expect(pair.b.received == [message])
  }

  @Test("The byte of a new session is not the one before, whatever the restarted end chooses")
  func epochBytes() {
    for low in UInt32(0)...255 {
      var survivor = Handshake(bootEpoch: 0x2222_2201)
      guard case .established = survivor.hear(peer: 0x1111_1140, heard: 0x2222_2201, isEstablished: false) else {
        Issue.record("not established")
        return
      }
      let before = survivor.session.epochByte
      let peer = 0x3333_3300 | low
      guard case .confirm = survivor.hear(peer: peer, heard: 0, isEstablished: false),
        case .restart = survivor.hear(peer: peer, heard: survivor.session.own, isEstablished: false),
        case .established = survivor.hear(peer: peer, heard: survivor.next.own, isEstablished: true)
      else {
        Issue.record("not established with \(low)")
        return
      }
      #expect(survivor.session.epochByte != before, "low byte \(low)")
    }
  }
}
