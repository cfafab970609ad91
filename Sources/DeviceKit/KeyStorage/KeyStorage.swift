/// Records in flash, each under a uid, that survive a power cut whole or not at all: what PSA's internal trusted
/// storage (`psa_its_*`) stands on.
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
    var places = Places()
    try find(uid, &places)
    guard places.current >= 0 else { return nil }
    return KeyRecordInfo(count: Int(places.header.count), flags: places.header.flags)
  }

  /// Reads a value from an offset on, as much as there is and fits.
  ///
  /// - Returns: The bytes read; `nil` when nothing is stored under the uid or the offset lies behind its end.
  public func read(
    _ uid: UInt64, from offset: Int, into bytes: inout MutableSpan<UInt8>
  ) throws(FlashError) -> Int? {
    var places = Places()
    try find(uid, &places)
    guard places.current >= 0, offset >= 0, offset <= Int(places.header.count) else { return nil }
    let count = min(bytes.count, Int(places.header.count) - offset)
    var part = bytes.first(count)
    try flash.read(at: slot(places.current).payload(in: flash) + offset, into: &part)
    return count
  }

  /// Stores a value, in place of one that was there.
  ///
  /// - Throws: ``FlashError/outOfRange`` when the value is longer than ``maxValueBytes`` or no page is free.
  public mutating func store(_ value: Span<UInt8>, under uid: UInt64, flags: UInt32) throws(FlashError) {
    var places = Places()
    try find(uid, &places)
    // An older value that a power cut left is the first to go, so that there are never more than two.
    let page = places.older >= 0 ? places.older : places.free
    guard value.count <= maxValueBytes, page >= 0 else { throw .outOfRange }
    try slot(page).clear(in: &flash)
    try flash.write(value, at: slot(page).payload(in: flash))
    places.header.uid = uid
    places.header.sequence &+= 1
    places.header.count = UInt32(value.count)
    places.header.flags = flags
    try slot(page).commit(&places.header, in: &flash)
    if places.current >= 0 { try flash.erase(page: places.current) }
  }

  /// Erases what is stored under a uid.
  ///
  /// - Returns: Whether anything was stored.
  @discardableResult
  public mutating func remove(_ uid: UInt64) throws(FlashError) -> Bool {
    var places = Places()
    try find(uid, &places)
    guard places.current >= 0 else { return false }
    // The older one first: a cut between two erases must not bring it back.
    if places.older >= 0 { try flash.erase(page: places.older) }
    try flash.erase(page: places.current)
    return true
  }

  /// Clears what a power cut left of values that are stored no more, or were not yet: every page that holds none and is
  /// not blank. To be called at each start: half an erased key is half a key.
  public mutating func clearRemains() throws(FlashError) {
    var header = SlotHeader()
    for page in 0..<flash.pageCount {
      if try !slot(page).read(&header, in: flash) { try slot(page).clear(in: &flash) }
    }
  }

  /// The pages that matter for a uid, -1 for none.
  private struct Places {
    /// Where its value stands, and the header of it.
    var current = -1
    var header = SlotHeader()
    /// Where an older value stands that a power cut left behind.
    var older = -1
    /// A page that holds nobody's value.
    var free = -1
  }

  private func slot(_ page: Int) -> Slot { Slot(firstPage: page, pages: 1) }

  @inline(never)
  private func find(_ uid: UInt64, _ places: inout Places) throws(FlashError) {
    var header = SlotHeader()
    for page in 0..<flash.pageCount {
      if try !slot(page).read(&header, in: flash) {
        places.free = page
      } else if header.uid == uid {
        if places.current >= 0, !header.isNewer(than: places.header) {
          places.older = page
        } else {
          places.older = places.current
          places.current = page
          places.header = header
        }
      }
    }
  }
}

/// What a record of ``KeyStorage`` is, without its value.
public struct KeyRecordInfo: Equatable, Sendable {
  /// Bytes of the value.
  public var count: Int
  /// The flags it was stored with.
  public var flags: UInt32
}
