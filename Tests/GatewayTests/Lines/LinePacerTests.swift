import Testing

@testable import Gateway

@Suite("Pacing")
struct LinePacerTests {
  @Test(
    "Over a second, a line gets what it carries and never more than a chunk and 2 ms ahead",
    arguments: [9_600, 57_600, 115_200, 921_600, 3_000_000])
  func rate(baud: Int) throws {
    var pacer = LinePacer(baud: baud)
    var now: UInt64 = 5_000_000
    let start = now
    var sent = 0
    while now < start + 1_000_000 {
      while pacer.delay(now: now) == 0 {
        pacer.sent(pacer.chunkBytes, now: now)
        sent += pacer.chunkBytes
      }
      let carried = Int(now - start) * baud / 10_000_000
      try #require(sent - carried <= pacer.chunkBytes + 2 * baud / 10_000 + 1)
      now += max(pacer.delay(now: now), 1)
    }
    #expect(sent >= baud / 10 * 99 / 100)
  }

  @Test("A line that was idle takes a chunk at once, and saves up nothing")
  func idle() {
    var pacer = LinePacer(baud: 115_200)
    pacer.sent(57, now: 1_000)
    #expect(pacer.delay(now: 1_000) > 0)
    #expect(pacer.delay(now: 60_000_000) == 0)
    pacer.sent(57, now: 60_000_000)
    #expect(pacer.delay(now: 60_000_000) > 0)
  }

  @Test("At usual speeds a chunk fits a receive ring of 100 bytes")
  func chunks() {
    #expect(LinePacer(baud: 9_600).chunkBytes == 16)
    #expect(LinePacer(baud: 115_200).chunkBytes == 57)
    #expect(LinePacer(baud: 3_000_000).chunkBytes == 1_024)
  }
}
