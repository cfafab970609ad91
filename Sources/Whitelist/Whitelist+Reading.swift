import COSE

extension Whitelist {
  /// Reads the content whole: fields 1 to 15 stand in ascending order, and so all in their places.
  mutating func read<Source: WhitelistSource & ~Copyable>(
    _ source: borrowing Source, _ capacity: WhitelistCapacity
  ) throws(WhitelistError) {
    // What it is called when the next thing is not as it should be.
    var fault = WhitelistRefusal.malformed
    do throws(ListFault) {
      var cursor = ListCursor(self.content)
      let pairs = try cursor.count(of: .map, source)
      try self.readIdentity(&cursor, source, &fault)
      try self.readTimes(&cursor, source, &fault)
      try self.readIssuers(&cursor, source, &fault)
      try self.readRuleSets(&cursor, source, &fault)
      try self.readEntries(&cursor, source, capacity, &fault)
      fault = .malformed
      guard pairs >= WhitelistFormat.fields else { throw .form }
      try self.readFurther(pairs - WhitelistFormat.fields, &cursor, source, &fault)
      guard cursor.isAtEnd else { throw .form }
    } catch {
      switch error {
      case .form: throw .refused(fault)
      case .unreadable: throw .unreadable
      }
    }
  }

  private mutating func readIdentity<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    fault = .version
    try cursor.expect(WhitelistField.version, source)
    try cursor.expect(WhitelistFormat.version, source)
    fault = .network
    try cursor.expect(WhitelistField.network, source)
    self.network = try cursor.name(source)
    fault = .list
    try cursor.expect(WhitelistField.list, source)
    self.list = try cursor.uint32(source, in: 1...UInt32.max)
    fault = .holder
    try cursor.expect(WhitelistField.holder, source)
    guard try cursor.count(of: .array, source) == 2 else { throw .form }
    self.holder = try cursor.name(source)
    self.holderThumbprint = try cursor.bytes(source, in: WhitelistLimits.hashBytes...WhitelistLimits.hashBytes)
    fault = .epoch
    try cursor.expect(WhitelistField.epoch, source)
    self.epoch = try cursor.uint32(source, in: 1...UInt32.max)
    fault = .number
    try cursor.expect(WhitelistField.number, source)
    self.number = try cursor.uint(source)
    guard self.number != 0, self.number != .max else { throw .form }
  }

  private mutating func readTimes<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    fault = .times
    try cursor.expect(WhitelistField.thisUpdate, source)
    self.thisUpdate = try cursor.uint(source)
    try cursor.expect(WhitelistField.nextUpdate, source)
    self.nextUpdate = try cursor.uint(source)
    try cursor.expect(WhitelistField.hardExpiry, source)
    self.hardExpiry = try cursor.uint(source)
    guard self.thisUpdate < self.nextUpdate, self.nextUpdate <= self.hardExpiry else { throw .form }
    fault = .stalePolicy
    try cursor.expect(WhitelistField.stalePolicy, source)
    let policy = try cursor.uint32(source, in: 0...255)
    guard let policy = StalePolicy(rawValue: UInt8(truncatingIfNeeded: policy)) else { throw .form }
    self.stalePolicy = policy
    fault = .timeMode
    try cursor.expect(WhitelistField.timeMode, source)
    let mode = try cursor.uint32(source, in: 0...255)
    guard let mode = TimeMode(rawValue: UInt8(truncatingIfNeeded: mode)) else { throw .form }
    self.timeMode = mode
    try cursor.expect(WhitelistField.offlineRestarts, source)
    self.offlineRestarts = try cursor.uint32(source, in: 0...65_535)
  }

  /// Fields behind the fifteenth: two that are known, and those to come.
  private mutating func readFurther<Source: WhitelistSource & ~Copyable>(
    _ pairs: Int, _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    var last = WhitelistField.entries
    for _ in 0..<pairs {
      fault = .malformed
      guard let kind = try cursor.kind(source) else { throw .form }
      fault = .criticalField
      guard kind == .unsigned else { throw .form }
      fault = .malformed
      let field = try cursor.uint32(source)
      guard field > last else { throw .form }
      last = field
      switch field {
      case WhitelistField.observeUntil:
        fault = .observation
        self.observeUntil = try cursor.uint(source)
        guard self.timeMode != .counterOnly, self.observeUntil > self.thisUpdate, self.observeUntil <= self.nextUpdate
        else { throw .form }
      case WhitelistField.base:
        fault = .delta
        throw .form
      default:
        try cursor.skipPlain(source)
      }
    }
  }
}
