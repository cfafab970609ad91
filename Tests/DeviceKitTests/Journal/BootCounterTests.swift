import Testing

@testable import DeviceKit

@Suite("The boot counter")
struct BootCounterTests {
  private func increment(_ chip: FlashChip) throws -> UInt32 {
    var flash = SimulatedFlash(chip: chip)
    return try BootCounter.increment(in: &flash, firstPage: 0)
  }

  @Test("It counts from one, on any blank flash", arguments: [UInt8(0x00), 0xFF, 0x5A], [1, 4, 16])
  func counts(fill: UInt8, writeBytes: Int) throws {
    let chip = FlashChip(pages: 2, pageBytes: 256, writeBytes: writeBytes, fill: fill)
    for expected in 1...200 { #expect(try increment(chip) == UInt32(expected)) }
    #expect(chip.doubleWrites == 0)
  }

  @Test("It erases one page in as many starts as a page has entries")
  func wear() throws {
    let chip = FlashChip(pages: 2, pageBytes: 256)
    for _ in 1...320 { _ = try increment(chip) }
    #expect(chip.erases == 10)
  }

  @Test("A power cut at any operation makes it neither fall back nor leap", arguments: Power.Moment.allCases)
  func powerCuts(moment: Power.Moment) throws {
    let seed: UInt64 = 99
    let chip = FlashChip(pages: 2, pageBytes: 64, power: Power(seed: seed))
    var last: UInt32 = 0
    for round in 0..<60 {
      for operation in 0..<3 {
        chip.power.fail(at: operation, moment)
        let counted = try? increment(chip)
        chip.power.restore()
        let next = try increment(chip)
        let context: Comment = "seed \(seed), round \(round), operation \(operation)"
        #expect(next > (counted ?? last), context)
        #expect(next <= last + 2, context)
        last = next
      }
    }
  }
}
