import COSE
import PKI
import Testing
import Trust

@testable import DeviceKit

@Suite("The journal under power cuts")
struct JournalPowerCutTests {
  /// A journal's whole state, for comparing.
  struct Contents: Equatable {
    var record: JournalRecord
    var root: [UInt8]
    var descriptor: [UInt8]
    var certificates: [UInt8]
  }

  let network = TestNetwork()
  let later: [UInt8]
  let second = (0..<700).map { UInt8(truncatingIfNeeded: $0 &* 13) }

  init() {
    later = network.sign {
      $0.epoch += 1
      $0.managerKeys.append(TestNetwork.key())
    }
  }

  private func contents(_ chip: FlashChip) throws -> Contents {
    var journal = Journal(flash: SimulatedFlash(chip: chip))
    try journal.open()
    func read(_ offset: Int, _ count: Int) -> [UInt8] { Array(chip.bytes[offset..<offset + count]) }
    return Contents(
      record: journal.record, root: read(journal.rootOffset, journal.record.rootBytes),
      descriptor: read(journal.descriptorOffset, journal.record.descriptorBytes),
      certificates: read(journal.certificatesOffset, journal.record.certificatesBytes))
  }

  /// The commits of a life, each with the ones before it.
  private func commit(_ step: Int, on chip: FlashChip) throws {
    var journal = Journal(flash: SimulatedFlash(chip: chip))
    try journal.open()
    switch step {
    case 0:
      try journal.commitProvisioning(
        root: network.rootPublicKey.span, descriptor: network.descriptor.span,
        TrustDescriptor(verified: network.descriptor.span))
    case 1: try journal.commitKey(KeyID(rawValue: 0x1001))
    case 2:
      try journal.beginStaging()
      try journal.stage(Array(second[..<512]).span, at: 0)
      try journal.stage(Array(second[512...]).span, at: 512)
      try journal.commitCertificates(count: second.count)
    case 3: try journal.commitTrust(descriptor: later.span, TrustDescriptor(verified: later.span))
    case 4: try journal.commitKey(nil)
    default: try journal.commitReset()
    }
  }

  @Test(
    "Cut before, within or after any operation of any commit, it holds the old state or the new one",
    arguments: Power.Moment.allCases, [UInt8(0x00), 0xFF])
  func everyOperation(moment: Power.Moment, fill: UInt8) throws {
    let seed: UInt64 = 20_261_123
    let chip = FlashChip(pages: 10, pageBytes: 512, fill: fill, power: Power(seed: seed))
    for step in 0..<6 {
      let before = chip.snapshot
      let old = try contents(chip)
      chip.power.restore()
      try commit(step, on: chip)
      let operations = chip.power.operations
      let new = try contents(chip)
      let after = chip.snapshot
      for operation in 0..<operations {
        chip.power.restore()
        chip.snapshot = before
        chip.power.fail(at: operation, moment)
        let isSuccess = (try? commit(step, on: chip)) != nil
        #expect(!chip.power.isOn)
        chip.power.restore()
        let found = try contents(chip)
        #expect(found == old || found == new, "seed \(seed), step \(step), operation \(operation), \(moment)")
        #expect(!isSuccess || found == new, "seed \(seed), step \(step), operation \(operation), \(moment)")
        // And it goes on from there.
        if found == old { try commit(step, on: chip) }
        #expect(try contents(chip) == new, "seed \(seed), step \(step), operation \(operation), \(moment)")
      }
      chip.power.restore()
      chip.snapshot = after
    }
  }

  @Test("Cut a second time while the first cut is being mended, it still holds the one state")
  func cutsInARow() throws {
    let seed: UInt64 = 7
    let chip = FlashChip(pages: 10, pageBytes: 512, power: Power(seed: seed))
    try commit(0, on: chip)
    let old = try contents(chip)
    let before = chip.snapshot
    chip.power.restore()
    try commit(1, on: chip)
    let operations = chip.power.operations
    let new = try contents(chip)
    for operation in 0..<operations {
      for again in 0..<3 {
        chip.power.restore()
        chip.snapshot = before
        chip.power.fail(at: operation, .within)
        try? commit(1, on: chip)
        #expect(!chip.power.isOn)
        chip.power.fail(at: again, .within)
        chip.power.restore()
        chip.power.fail(at: again, .within)
        _ = try? contents(chip)
        chip.power.restore()
        let found = try contents(chip)
        #expect(found == old || found == new, "seed \(seed), operations \(operation) and \(again)")
      }
    }
  }
}
