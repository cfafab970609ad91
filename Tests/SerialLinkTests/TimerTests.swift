import SerialLink
import Testing

@Suite("Time, silence and patience")
struct TimerTests {
  @Test("Without a peer, HELLOs come with doubling pauses up to the limit, for ever")
  func hailing() {
    let end = Endpoint(epoch: 5)
    #expect(end.transmit(now: 0).count == 23)
    var pauses: [UInt64] = []
    var last: UInt64 = 0
    while pauses.count < 10, let deadline = end.deadline {
      #expect(end.advance(now: deadline - 1) == .none)
      #expect(end.transmit(now: deadline - 1) == [])
      end.advance(now: deadline)
      #expect(end.transmit(now: deadline).count == 23)
      pauses.append(deadline - last)
      last = deadline
    }
    #expect(pauses == [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000])
  }

  @Test("A message that nobody acknowledges is reported, then the session, after the retry limit")
  func timeout() throws {
    let pair = Pair.up()
    try pair.a.send([UInt8](repeating: 7, count: 100), now: 0)
    _ = pair.a.transmit(now: 0)
    let bytes = pair.silence(pair.a, upTo: 60_000)
    #expect(pair.a.events == [.undelivered(.timedOut), .down(.timedOut)])
    #expect(pair.now == 250 + 500 + 1_000 + 2_000 * 8)
    #expect(bytes < 11 * 60, "asks with the last fragment only")
    #expect(pair.a.counters.messagesUndelivered == 1)
    pair.now += 250
    pair.a.advance(now: pair.now)
    pair.settle()
    #expect(pair.a.isUp && pair.b.isUp)
    #expect(pair.b.events == [.down(.peerRestarted), .up])
  }

  @Test("A silent peer is probed by one end only; a dead one is noticed, for 10 bytes a probe")
  func probing() {
    let pair = Pair.up()
    var probes = 0
    while pair.now < 200_000 {
      pair.now = min(pair.a.deadline ?? .max, pair.b.deadline ?? .max)
      for end in [pair.a, pair.b] { end.advance(now: pair.now) }
      let sent = pair.a.counters.bytesSent + pair.b.counters.bytesSent
      pair.settle()
      if pair.a.counters.bytesSent + pair.b.counters.bytesSent != sent { probes += 1 }
    }
    #expect(probes == 10)
    #expect(pair.a.events == [])
    let bytes = pair.silence(pair.b, upTo: 400_000)
    #expect(pair.b.events == [.down(.timedOut)])
    #expect(bytes == 11 * 10 + 23, "and the HELLO that follows")
  }

  @Test("No probes when they are turned off")
  func noProbes() {
    let pair = Pair.up(a: LinkConfiguration(probeAfterMilliseconds: 0))
    #expect(pair.a.deadline == nil)
    #expect(pair.b.deadline == 20_000)
  }

  @Test("A busy peer is left alone, then asked again, and the retry limit counts from there")
  func busy() throws {
    let pair = Pair.up()
    pair.b.announceBusy(milliseconds: 30_000)
    pair.settle()
    #expect(pair.a.events == [.busy(milliseconds: 30_000)])
    try pair.a.send([1, 2, 3], now: 0)
    #expect(pair.a.transmit(now: 0) == [])
    #expect(pair.a.deadline == 30_000)
    pair.a.advance(now: 29_999)
    #expect(pair.a.transmit(now: 29_999) == [])
    pair.now = 30_000
    pair.a.advance(now: 30_000)
    pair.settle()
    #expect(pair.b.received == [[1, 2, 3]])
    #expect(pair.a.events.last == .delivered)
  }

  @Test("A peer that becomes busy before it acknowledges is asked again after its time")
  func busyBeforeAcknowledging() throws {
    let pair = Pair.up()
    pair.b.announceBusy(milliseconds: 5_000)
    let busy = pair.b.transmit(now: 0)
    try pair.a.send([1], now: 0)
    _ = pair.a.transmit(now: 0)
    pair.a.receive(busy, now: 0)
    #expect(pair.a.deadline == 5_000)
    pair.now = 5_000
    pair.a.advance(now: 5_000)
    #expect(pair.a.transmit(now: 5_000) == [])
    #expect(pair.a.deadline == 5_250)
    pair.now = 5_250
    pair.a.advance(now: 5_250)
    pair.settle()
    #expect(pair.b.received == [[1]])
    #expect(pair.a.events.last == .delivered)
  }

  @Test("Any frame of the peer ends its being busy")
  func busyEndsEarly() throws {
    let pair = Pair.up()
    pair.b.announceBusy(milliseconds: 30_000)
    pair.settle()
    try pair.a.send([1], now: 0)
    try pair.b.send([2], now: 0)
    pair.settle()
    #expect(pair.b.received == [[1]])
    #expect(pair.a.received == [[2]])
  }

  @Test("A peer that is busy for ever does not hold a message for ever")
  func lifetime() throws {
    let pair = Pair.up()
    try pair.a.send([1], now: 0)
    _ = pair.a.transmit(now: 0)
    while !pair.a.events.contains(.undelivered(.timedOut)), pair.now < 300_000 {
      pair.b.announceBusy(milliseconds: 10_000)
      pair.a.receive(pair.b.transmit(now: pair.now), now: pair.now)
      pair.now = min(pair.a.deadline ?? .max, pair.now + 9_000)
      pair.a.advance(now: pair.now)
      _ = pair.a.transmit(now: pair.now)
    }
    #expect(pair.now == 120_000)
    pair.a.fetchEvents(now: pair.now)
    #expect(pair.a.events.last == .down(.timedOut))
  }

  @Test("Both ends announce being busy and still both get through")
  func bothBusy() throws {
    let pair = Pair.up()
    pair.a.announceBusy(milliseconds: 1_000)
    pair.b.announceBusy(milliseconds: 2_000)
    pair.settle()
    try pair.a.send([1], now: 0)
    try pair.b.send([2], now: 0)
    for moment in stride(from: UInt64(0), through: 5_000, by: 250) {
      pair.now = moment
      for end in [pair.a, pair.b] { end.advance(now: moment) }
      pair.settle()
    }
    #expect(pair.b.received == [[1]])
    #expect(pair.a.received == [[2]])
  }
}
