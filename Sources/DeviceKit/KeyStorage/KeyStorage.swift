/// Records in flash, each under a uid, that survive a power cut whole or not at all: what PSA's internal trusted storage
/// (`psa_its_*`) stands on.
///
/// One page a record. A new value goes into a free page, payload, header and commit word last, before the old one is
/// erased; while two stand, the newer counts. Nothing is kept in RAM: every call reads the headers.
public struct KeyStorage<Storage: Flash & ~Copyable>: ~Copyable {
  private var flash: Storage

  /// Stands on a region of flash that is for this alone, with at least one page more than there are records.
  public init(flash: consuming Storage) {
    self.flash = flash
  }

  /// Longest value, in bytes.
  public var maxValueBytes: Int { slot(0).capacity(in: flash) }

  /// What is stored under a uid; `nil` when nothing is.
  public func info(of uid: UInt64) throws(FlashError) -> KeyRecordInfo? {
    guard let found = try find(uid) else { return nil }
    return KeyRecordInfo(count: Int(found.header.count), flags: found.header.flags)
  }

  /// Reads a value from an offset on, as much as there is and fits.
  ///
  /// - Returns: The bytes read; `nil` when nothing is stored under the uid or the offset lies behind its end.
  public func read(
    _ uid: UInt64, from offset: Int, into bytes: inout MutableSpan<UInt8>
  ) throws(FlashError) -> Int? {
    guard let found = try find(uid), offset >= 0, offset <= Int(found.header.count) else { return nil }
    let count = min(bytes.count, Int(found.header.count) - offset)
    var part = bytes.first(count)
    try flash.read(at: slot(found.page).payload(in: flash) + offset, into: &part)
    return count
  }

  /// Stores a value, in place of one that was there.
  ///
  /// - Throws: ``FlashError/outOfRange`` when the value is longer than ``maxValueBytes`` or no page is free.
  public mutating func store(_ value: Span<UInt8>, under uid: UInt64, flags: UInt32) throws(FlashError) {
    guard value.count <= maxValueBytes, let free = try freePage() else { throw .outOfRange }
    let old = try find(uid)
    try slot(free).clear(in: &flash)
    try flash.write(value, at: slot(free).payload(in: flash))
    _ = try slot(free).commit(
      uid: uid, count: value.count, sequence: (old?.header.sequence ?? 0) &+ 1, flags: flags, in: &flash)
    if let old { try flash.erase(page: old.page) }
  }

  /// Erases what is stored under a uid, with all older values a power cut may have left.
  ///
  /// - Returns: Whether anything was stored.
  @discardableResult
  public mutating func remove(_ uid: UInt64) throws(FlashError) -> Bool {
    guard let newest = try find(uid) else { return false }
    // The newest goes last: a cut between two erases must not bring an older value back.
    for page in 0..<flash.pageCount where page != newest.page {
      if let header = try slot(page).header(in: flash), header.uid == uid { try flash.erase(page: page) }
    }
    try flash.erase(page: newest.page)
    return true
  }

  private func slot(_ page: Int) -> Slot { Slot(firstPage: page, pages: 1) }

  private func find(_ uid: UInt64) throws(FlashError) -> (page: Int, header: SlotHeader)? {
    var found: (page: Int, header: SlotHeader)?
    for page in 0..<flash.pageCount {
      guard let header = try slot(page).header(in: flash), header.uid == uid else { continue }
      if let best = found, !header.isNewer(than: best.header) { continue }
      found = (page, header)
    }
    return found
  }

  /// A page that holds no record in force.
  private func freePage() throws(FlashError) -> Int? {
    for page in 0..<flash.pageCount {
      guard let header = try slot(page).header(in: flash) else { return page }
      // An older value that a power cut left behind is free too.
      if let current = try find(header.uid), current.page != page { return page }
    }
    return nil
  }
}

/// What a record of ``KeyStorage`` is, without its value.
public struct KeyRecordInfo: Equatable, Sendable {
  /// Bytes of the value.
  public var count: Int
  /// The flags it was stored with.
  public var flags: UInt32
}
