import COSE
import PKI
import Testing
import Trust

@testable import DeviceKit

@Suite("The journal")
struct JournalTests {
  let network = TestNetwork()
  let certificates = (0..<1101).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  private func open(_ chip: FlashChip) throws -> Journal<SimulatedFlash> {
    var journal = Journal(flash: SimulatedFlash(chip: chip))
    try journal.open()
    return journal
  }

  private func provision(_ journal: inout Journal<SimulatedFlash>) throws {
    let trust = try TrustDescriptor(verified: network.descriptor.span)
    try journal.commitProvisioning(root: network.rootPublicKey.span, descriptor: network.descriptor.span, trust)
  }

  private func stage(_ journal: inout Journal<SimulatedFlash>) throws(FlashError) {
    try journal.beginStaging()
    for start in stride(from: 0, to: certificates.count, by: 256) {
      try journal.stage(Array(certificates[start..<min(start + 256, certificates.count)]).span, at: start)
    }
  }

  @Test("Blank flash is factory state, whether it reads zeros or ones", arguments: [UInt8(0x00), 0xFF, 0x5A])
  func blankFlash(fill: UInt8) throws {
    let chip = FlashChip(pages: 12, fill: fill)
    var journal = try open(chip)
    #expect(journal.record == JournalRecord())
    try provision(&journal)
    #expect(try open(chip).record == journal.record)
    #expect(chip.doubleWrites == 0)
  }

  @Test("What was committed is there after a restart", arguments: [1, 2, 4, 8, 16])
  func commitsSurvive(writeBytes: Int) throws {
    let chip = FlashChip(pages: 12, writeBytes: writeBytes)
    var journal = try open(chip)
    try provision(&journal)
    try journal.commitKey(KeyID(rawValue: 0x1001))
    try stage(&journal)
    try journal.commitCertificates(count: certificates.count)

    journal = try open(chip)
    #expect(journal.record.key == KeyID(rawValue: 0x1001))
    #expect(try journal.flash.holds(network.rootPublicKey.span, at: journal.rootOffset))
    #expect(try journal.flash.holds(network.descriptor.span, at: journal.descriptorOffset))
    #expect(try journal.trust == TrustDescriptor(verified: network.descriptor.span))
    #expect(try journal.flash.holds(certificates.span, at: journal.certificatesOffset))
    #expect(journal.record.certificatesBytes == certificates.count)
    #expect(chip.doubleWrites == 0)
  }

  @Test("Once the commit word stands the new state holds, though the old slot cannot be erased any more")
  func oldSlotStays() throws {
    let chip = FlashChip(pages: 12)
    var journal = try open(chip)
    try provision(&journal)
    let first = KeyID(rawValue: 0x1001)
    let slot = journal.rootOffset / chip.pageBytes
    chip.wornPages = Set(slot..<slot + 5)
    try journal.commitKey(first)
    #expect(journal.record.key == first)
    #expect(try open(chip).record.key == first)
    // The next one has nowhere to go, and says so.
    journal = try open(chip)
    #expect(throws: FlashError.failed) { try journal.commitKey(nil) }
    #expect(try open(chip).record.key == first)
  }

  @Test("A reset leaves nothing of the network in flash")
  func resetErases() throws {
    let chip = FlashChip(pages: 12)
    var journal = try open(chip)
    try provision(&journal)
    try journal.commitReset()
    #expect(try open(chip).record == JournalRecord())
    #expect(chip.bytes.firstRange(of: network.rootPublicKey) == nil)
    #expect(chip.bytes.firstRange(of: Array(network.name.utf8)) == nil)
  }

  @Test("Another key takes the certificates of the one before with it")
  func keysOwnTheirCertificates() throws {
    let chip = FlashChip(pages: 12)
    var journal = try open(chip)
    try provision(&journal)
    try journal.commitKey(KeyID(rawValue: 0x1001))
    try stage(&journal)
    try journal.commitCertificates(count: certificates.count)
    try journal.commitKey(nil)
    #expect(journal.record.certificatesBytes == 0)
    #expect(try open(chip).record == journal.record)
  }

  @Test("The sequence wraps, and the newer slot still wins")
  func sequenceWraps() {
    func header(_ sequence: UInt32) -> SlotHeader {
      SlotHeader(uid: 1, sequence: sequence)
    }
    #expect(header(0).isNewer(than: header(.max)))
    #expect(!header(.max).isNewer(than: header(0)))
    #expect(header(5).isNewer(than: header(4)))
    #expect(!header(4).isNewer(than: header(4)))
  }

  @Test("A journal whose sequence has come round goes on")
  func journalWraps() throws {
    let chip = FlashChip(pages: 12)
    var flash = SimulatedFlash(chip: chip)
    let slot = Slot(firstPage: 0, pages: 5)
    try slot.clear(in: &flash)
    try flash.write([UInt8](repeating: 0, count: 16).span, at: slot.payload(in: flash))
    var header = SlotHeader(uid: SlotHeader.journal, sequence: .max, count: 16)
    try slot.commit(&header, in: &flash)
    var journal = try open(chip)
    #expect(journal.sequence == .max)
    try provision(&journal)
    #expect(journal.sequence == 0)
    #expect(try open(chip).record == journal.record)
  }

  @Test("Flash of the format before is factory state, and is used like blank flash")
  func earlierFormat() throws {
    let chip = FlashChip(pages: 12)
    var flash = SimulatedFlash(chip: chip)
    for slot in [Slot(firstPage: 0, pages: 5), Slot(firstPage: 5, pages: 5)] {
      try flash.write([UInt8](repeating: 1, count: 64).span, at: slot.payload(in: flash))
      var header = SlotHeader(uid: 0x4D55_5354_4A52_4E4C, sequence: UInt32(slot.firstPage + 7), count: 64)
      try slot.commit(&header, in: &flash)
    }
    var journal = try open(chip)
    #expect(journal.record == JournalRecord() && journal.state == nil)
    try provision(&journal)
    #expect(try open(chip).record == journal.record)
    #expect(chip.doubleWrites == 0)
  }

  @Test("A later descriptor keeps key and certificates, wherever they come to stand")
  func laterDescriptor() throws {
    let chip = FlashChip(pages: 12)
    var journal = try open(chip)
    try provision(&journal)
    try journal.commitKey(KeyID(rawValue: 0x1001))
    try stage(&journal)
    try journal.commitCertificates(count: certificates.count)
    let longer = network.sign { $0.signers.append(TestNetwork.key()) }
    try journal.commitTrust(descriptor: longer.span, TrustDescriptor(verified: longer.span))
    for _ in 0..<2 {
      #expect(journal.record.key == KeyID(rawValue: 0x1001))
      #expect(try journal.flash.holds(network.rootPublicKey.span, at: journal.rootOffset))
      #expect(try journal.flash.holds(longer.span, at: journal.descriptorOffset))
      #expect(try journal.flash.holds(certificates.span, at: journal.certificatesOffset))
      journal = try open(chip)
    }
  }

  @Test("A descriptor that leaves no room for the certificates in force is not begun")
  func noRoom() throws {
    let chip = FlashChip(pages: 8, pageBytes: 512)
    var journal = try open(chip)
    try provision(&journal)
    let room = journal.certificatesCapacity
    try journal.beginStaging()
    try journal.stage([UInt8](repeating: 9, count: room).span, at: 0)
    try journal.commitCertificates(count: room)
    let longer = network.sign { $0.signers.append(TestNetwork.key()) }
    #expect(throws: FlashError.outOfRange) {
      try journal.commitTrust(descriptor: longer.span, TrustDescriptor(verified: longer.span))
    }
    #expect(try open(chip).record == journal.record)
  }

  @Test("Staging is over with the next commit, and outside its room")
  func stagingEnds() throws {
    let chip = FlashChip(pages: 12)
    var journal = try open(chip)
    try provision(&journal)
    try journal.beginStaging()
    try journal.commitKey(KeyID(rawValue: 0x1001))
    #expect(throws: FlashError.outOfRange) { try journal.stage([1, 2].span, at: 0) }
    try journal.beginStaging()
    let room = journal.certificatesCapacity
    #expect(throws: FlashError.outOfRange) { try journal.stage([1, 2].span, at: room - 1) }
    try journal.stage([1, 2].span, at: (room - 2) & ~15)
  }

  @Test("Every bit of a committed slot counts: a decayed one is not there")
  func decay() throws {
    let chip = FlashChip(pages: 12)
    var journal = try open(chip)
    try provision(&journal)
    let base = journal.rootOffset - JournalRecord.bytes - Slot.payloadOffset
    let sound = chip.bytes
    // Header without its reserved tail, commit word, and payload without the padding of its last part.
    let protected = Array(base..<base + 36) + Array(base + 48..<base + 48 + journal.record.payloadBytes)
    for index in protected {
      chip.bytes = sound
      chip.bytes[index] ^= 1 << UInt8(index % 8)
      #expect(try open(chip).record == JournalRecord(), "offset \(index - base)")
    }
  }
}
