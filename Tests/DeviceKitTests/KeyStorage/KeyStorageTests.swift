import Testing

@testable import DeviceKit

@Suite("Key storage")
struct KeyStorageTests {
  private func read(_ storage: borrowing KeyStorage<SimulatedFlash>, _ uid: UInt64) throws -> [UInt8]? {
    guard let info = try storage.info(of: uid) else { return nil }
    var bytes = [UInt8](repeating: 0, count: info.count)
    var span = bytes.mutableSpan
    let count = try storage.read(uid, from: 0, into: &span)
    return count == info.count ? bytes : nil
  }

  private func isBlank(_ page: Int, of chip: FlashChip) -> Bool {
    chip.bytes[page * chip.pageBytes..<(page + 1) * chip.pageBytes].allSatisfy { $0 == 0xFF }
  }

  @Test("A start that finds nothing to clear erases nothing")
  func nothingRemains() throws {
    let chip = FlashChip(pages: 4)
    var storage = KeyStorage(flash: SimulatedFlash(chip: chip))
    try storage.store([1, 2, 3].span, under: 7, flags: 0)
    let erases = chip.erases
    try storage.clearRemains()
    #expect(chip.erases == erases)
    #expect(try read(storage, 7) == [1, 2, 3])
  }

  @Test("A value comes back with its flags, from any offset", arguments: [UInt8(0x00), 0xFF])
  func stores(fill: UInt8) throws {
    let chip = FlashChip(pages: 4, fill: fill)
    var storage = KeyStorage(flash: SimulatedFlash(chip: chip))
    let value = (0..<68).map { UInt8($0) }
    try storage.store(value.span, under: 0x1001, flags: 3)
    storage = KeyStorage(flash: SimulatedFlash(chip: chip))
    #expect(try storage.info(of: 0x1001) == KeyRecordInfo(count: 68, flags: 3))
    #expect(try read(storage, 0x1001) == value)
    var part: [UInt8] = [0, 0, 0]
    var span = part.mutableSpan
    #expect(try storage.read(0x1001, from: 66, into: &span) == 2)
    #expect(part == [66, 67, 0])
    var rest = part.mutableSpan
    #expect(try storage.read(0x1001, from: 69, into: &rest) == nil)
    #expect(try storage.info(of: 0x1002) == nil)
  }

  @Test("Storing again replaces, and removing removes")
  func replaces() throws {
    let chip = FlashChip(pages: 3)
    var storage = KeyStorage(flash: SimulatedFlash(chip: chip))
    try storage.store([1, 2, 3].span, under: 7, flags: 0)
    try storage.store([4, 5].span, under: 7, flags: 0)
    #expect(try read(storage, 7) == [4, 5])
    #expect(try storage.remove(7))
    #expect(try !storage.remove(7))
    #expect(try storage.info(of: 7) == nil)
    #expect(chip.bytes.allSatisfy { $0 == 0xFF })
    #expect(chip.doubleWrites == 0)
  }

  @Test("It refuses what has no room, and keeps what it has")
  func full() throws {
    var storage = KeyStorage(flash: SimulatedFlash(chip: FlashChip(pages: 3)))
    let long = [UInt8](repeating: 1, count: storage.maxValueBytes + 1)
    #expect(throws: FlashError.outOfRange) { try storage.store(long.span, under: 1, flags: 0) }
    try storage.store(Array(long.dropLast()).span, under: 1, flags: 0)
    let empty: [UInt8] = []
    try storage.store(empty.span, under: 2, flags: 0)
    try storage.store([3].span, under: 3, flags: 0)
    #expect(throws: FlashError.outOfRange) { try storage.store([4].span, under: 4, flags: 0) }
    #expect(throws: FlashError.outOfRange) { try storage.store([5].span, under: 3, flags: 0) }
    #expect(try read(storage, 3) == [3])
    #expect(try read(storage, 2) == [])
  }

  @Test(
    "Cut before, within or after any operation, a record is the old one or the new one",
    arguments: Power.Moment.allCases)
  func powerCuts(moment: Power.Moment) throws {
    let seed: UInt64 = 4711
    let chip = FlashChip(pages: 4, pageBytes: 256, power: Power(seed: seed))
    var storage = KeyStorage(flash: SimulatedFlash(chip: chip))
    let old = [UInt8](repeating: 0x0D, count: 68)
    let new = [UInt8](repeating: 0xE1, count: 70)
    try storage.store([9].span, under: 99, flags: 0)
    try storage.store(old.span, under: 7, flags: 0)
    let before = chip.snapshot
    for removes in [false, true] {
      for operation in 0... {
        chip.snapshot = before
        chip.power.fail(at: operation, moment)
        var storage = KeyStorage(flash: SimulatedFlash(chip: chip))
        let done = (try? removes ? storage.remove(7) : storage.store(new.span, under: 7, flags: 0) == ()) != nil
        chip.power.restore()
        let context: Comment = "seed \(seed), removes \(removes), operation \(operation)"
        let found = try read(storage, 7)
        #expect(found == old || found == (removes ? nil : new), context)
        #expect(try read(storage, 99) == [9], context)
        // A start leaves nothing of what is not stored.
        storage = KeyStorage(flash: SimulatedFlash(chip: chip))
        try storage.clearRemains()
        #expect(try read(storage, 7) == found && read(storage, 99) == [9], context)
        for page in 0..<chip.pageCount where !isBlank(page, of: chip) {
          var header = SlotHeader()
          #expect(try Slot(firstPage: page, pages: 1).read(&header, in: SimulatedFlash(chip: chip)), context)
        }
        // It goes on from there, and nothing older comes back.
        try storage.store(old.span, under: 7, flags: 0)
        #expect(try read(storage, 7) == old, context)
        try storage.remove(7)
        #expect(try read(storage, 7) == nil, context)
        if done { break }
      }
    }
  }
}
