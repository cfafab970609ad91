import NRF51
import Testing

@Suite struct NRF51Tests {
  @Test("Flash is opened for one word, waited for, and locked again")
  func program() {
    let bus = Recorder([0x4001_E400: [0, 0, 1]])
    NonVolatileMemory(bus).program(0x1234_5678, at: 0x3B000)
    #expect(
      bus.accesses == [
        .write(1, to: 0x4001_E504), .write(0x1234_5678, to: 0x3B000),
        .read(0x4001_E400), .read(0x4001_E400), .read(0x4001_E400), .write(0, to: 0x4001_E504),
      ])
  }

  @Test("A page is erased by its address, and flash is locked again")
  func erase() {
    let bus = Recorder([0x4001_E400: [1]])
    NonVolatileMemory(bus).erasePage(at: 0x3B400)
    #expect(
      bus.accesses == [
        .write(2, to: 0x4001_E504), .write(0x3B400, to: 0x4001_E508), .read(0x4001_E400), .write(0, to: 0x4001_E504),
      ])
  }

  @Test("The UART's event is cleared before the byte is read: a byte between the two raises it again")
  func receive() {
    let bus = Recorder([0x4000_2108: [1], 0x4000_2518: [0x41]])
    #expect(UART(bus).receive() == 0x41)
    #expect(bus.accesses == [.read(0x4000_2108), .write(0, to: 0x4000_2108), .read(0x4000_2518)])
  }

  @Test("Without the event the UART's byte is not touched: reading would take it off the FIFO")
  func nothingReceived() {
    let bus = Recorder()
    #expect(UART(bus).receive() == nil)
    #expect(bus.accesses == [.read(0x4000_2108)])
  }

  @Test("A byte is sent and waited for")
  func transmit() {
    let bus = Recorder([0x4000_211C: [0, 1]])
    UART(bus).transmit(0x7E)
    #expect(
      bus.accesses == [
        .write(0, to: 0x4000_211C), .write(0x7E, to: 0x4000_251C), .read(0x4000_211C), .read(0x4000_211C),
      ])
  }

  @Test("The noise source is asked for one byte at a time, with its bias corrected")
  func noise() {
    let bus = Recorder([0x4000_D100: [0, 1], 0x4000_D508: [0xC3]])
    let generator = RandomNumberGenerator(bus)
    generator.configure()
    generator.start()
    #expect(generator.take() == nil)
    #expect(generator.take() == 0xC3)
    #expect(
      bus.accesses == [
        .write(1, to: 0x4000_D504), .write(1, to: 0x4000_D200), .write(1, to: 0x4000_D304), .write(1, to: 0x4000_D000),
        .read(0x4000_D100), .read(0x4000_D100), .write(0, to: 0x4000_D100), .read(0x4000_D508),
      ])
  }

  @Test("The alarm is set before its interrupt is enabled, and an answered one is disabled first")
  func alarm() {
    let bus = Recorder([0x4000_8540: [1000]])
    Timer(bus).setAlarm(inMicroseconds: 500)
    Timer(bus).clearAlarm()
    #expect(
      bus.accesses == [
        .write(1, to: 0x4000_8040), .read(0x4000_8540), .write(1500, to: 0x4000_8544),
        .write(1 << 17, to: 0x4000_8304), .write(1 << 17, to: 0x4000_8308), .write(0, to: 0x4000_8144),
      ])
  }
}
