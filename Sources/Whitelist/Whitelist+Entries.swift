import COSE

extension Whitelist {
  mutating func readEntries<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ capacity: WhitelistCapacity,
    _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    fault = .entry
    try cursor.expect(WhitelistField.entries, source)
    let count = try cursor.count(of: .array, source)
    fault = .tooManyEntries
    guard count <= capacity.entries else { throw .form }
    self.entryCount = count
    self.stride = max(1, (count + self.fences.count - 1) / self.fences.count)
    var previous: EntryKey?
    var untilFence = 0
    var fence = 0
    for _ in 0..<count {
      if untilFence == 0 {
        self.fences[fence] = UInt16(truncatingIfNeeded: cursor.position)
        fence += 1
        untilFence = self.stride
      }
      untilFence -= 1
      let entry = try self.readEntry(&cursor, source, &fault)
      fault = .entryValidity
      guard !entry.isTimed || self.timeMode != .counterOnly else { throw .form }
      fault = .entryOrder
      if let previous, !(previous < entry.key) { throw .form }
      previous = entry.key
    }
  }

  /// Reads an entry.
  @inline(never)
  func readEntry<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) -> WhitelistEntry {
    fault = .entry
    var parts = try cursor.count(of: .array, source)
    guard 2...4 ~= parts else { throw .form }
    var entry = WhitelistEntry(key: try self.readKey(&cursor, source, &fault))
    parts -= 2
    fault = .entry
    if parts > 0, try cursor.kind(source) == .unsigned {
      entry.ruleSet = try cursor.uint32(source)
      fault = .entryIndex
      guard let set = entry.ruleSet, set < self.ruleSetCount else { throw .form }
      fault = .entry
      parts -= 1
    }
    guard parts > 0 else { return entry }
    guard parts == 1 else { throw .form }
    try self.readOptions(of: &entry, &cursor, source, &fault)
    return entry
  }

  /// Reads issuer and serial number.
  @inline(never)
  func readKey<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) -> EntryKey {
    let issuer = try cursor.uint32(source)
    fault = .entryIndex
    guard issuer < self.issuerCount else { throw .form }
    fault = .serialNumber
    guard let serialNumber = try cursor.serialNumber(source) else { throw .form }
    return EntryKey(issuer: issuer, serialNumber: serialNumber)
  }

  /// Reads an entry's options. One that is not known may narrow it, so that none is passed over.
  private func readOptions<Source: WhitelistSource & ~Copyable>(
    of entry: inout WhitelistEntry, _ cursor: inout ListCursor, _ source: borrowing Source,
    _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    let count = try cursor.count(of: .map, source)
    // None is said by leaving the map out.
    guard count > 0 else { throw .form }
    var last: UInt32 = 0
    for _ in 0..<count {
      fault = .entry
      guard let kind = try cursor.kind(source) else { throw .form }
      fault = .criticalField
      guard kind == .unsigned else { throw .form }
      let option = try cursor.uint32(source)
      guard option <= EntryOption.predecessor else { throw .form }
      fault = .entry
      guard option > last else { throw .form }
      last = option
      switch option {
      case EntryOption.pin:
        entry.pin = try cursor.bytes(source, in: WhitelistLimits.hashBytes...WhitelistLimits.hashBytes)
      case EntryOption.validFrom:
        entry.validFrom = try cursor.uint(source)
        guard entry.validFrom > 0 else { throw .form }
      case EntryOption.validUntil:
        entry.validUntil = try cursor.uint(source)
        guard entry.validUntil < .max else { throw .form }
      default:
        guard try cursor.count(of: .array, source) == 2 else { throw .form }
        let predecessor = try self.readKey(&cursor, source, &fault)
        fault = .entry
        guard predecessor != entry.key else { throw .form }
        entry.predecessor = predecessor
      }
    }
    fault = .entryValidity
    guard entry.validFrom < entry.validUntil else { throw .form }
  }
}
