import Registers
import Testing

@Suite struct RegistersTests {
  @Test("Milliseconds add up without loss, whatever the steps")
  func clock() {
    for step: UInt32 in [1, 7, 999, 1000, 1001, 123_457] {
      var clock = MillisecondClock(ticksPerMillisecond: 1000)
      var count: UInt32 = 0
      var milliseconds: UInt64 = 0
      for _ in 0..<500 {
        count += step
        milliseconds = clock.now(count: count)
      }
      #expect(milliseconds == UInt64(count / 1000), "steps of \(step)")
    }
  }

  @Test("The clock goes on when its counter wraps")
  func wrap() {
    var clock = MillisecondClock(ticksPerMillisecond: 1000)
    #expect(clock.now(count: .max - 999) == 4_294_966)
    #expect(clock.now(count: 1000) == 4_294_968)
  }

  @Test("A ring gives bytes back in their order, and drops what comes while it is full")
  func ring() {
    var ring = ByteRing<4>()
    for byte: UInt8 in 1...6 { ring.put(byte) }
    #expect(ring.droppedCount == 2)
    #expect(ring.take() == 1)
    ring.put(7)
    #expect([ring.take(), ring.take(), ring.take(), ring.take(), ring.take()] == [2, 3, 4, 7, nil])
    #expect(ring.isEmpty)
  }

  @Test("A restart writes the key with the request")
  func restart() {
    let bus = Recorder()
    SystemControl(bus).reset()
    #expect(bus.accesses == [.write(0x05FA_0004, to: 0xE000_ED0C)])
  }
}
