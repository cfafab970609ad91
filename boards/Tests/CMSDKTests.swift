import CMSDK
import Testing

@Suite struct CMSDKTests {
  @Test("Simulated flash only ever clears bits")
  func program() {
    let bus = Recorder([0x2100_0000: [0xFFFF_00F0]])
    SimulatedFlash(bus).program(0x1234_5678, at: 0x2100_0000)
    #expect(bus.accesses == [.read(0x2100_0000), .write(0x1234_0070, to: 0x2100_0000)])
  }

  @Test("An erase sets the whole page and nothing beyond it")
  func erase() {
    let bus = Recorder()
    SimulatedFlash(bus).erasePage(at: 0x2100_0400)
    #expect(bus.accesses == (0..<256).map { .write(.max, to: 0x2100_0400 + $0 * 4) })
  }

  @Test("The UART's divider stands before it is switched on")
  func start() {
    let bus = Recorder()
    UART(bus).start(clockHertz: 25_000_000, baud: 115_200)
    #expect(bus.accesses == [.write(217, to: 0x4000_4010), .write(0b1011, to: 0x4000_4008)])
  }

  @Test("The watchdog is locked again after each use")
  func watchdog() {
    let bus = Recorder()
    Watchdog(bus).feed()
    #expect(
      bus.accesses == [.write(0x1ACC_E551, to: 0x4000_8C00), .write(1, to: 0x4000_800C), .write(0, to: 0x4000_8C00)])
  }

  @Test("The free-running timer counts up, although the hardware counts down")
  func count() {
    #expect(Timer(Recorder([0x4000_0004: [.max]])).count == 0)
    #expect(Timer(Recorder([0x4000_0004: [.max - 25]])).count == 25)
  }
}
