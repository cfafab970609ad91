import COSE

/// Reads deterministic CBOR from a source item by item, through a window of 48 bytes.
///
/// `CBORReader` wants all bytes in memory; a list may be longer than that. Whatever is read here is checked as it is read:
/// heads in their shortest form, nothing beyond the end.
struct ListCursor {
  /// Where the next item begins, in the list.
  private(set) var position: Int
  private let end: Int
  private var window = InlineArray<48, UInt8>(repeating: 0)
  private var windowStart = 0
  private var windowEnd = 0

  /// Reads from a range of the list.
  init(_ range: Range<Int>) {
    self.position = range.lowerBound
    self.end = range.upperBound
  }

  var isAtEnd: Bool { self.position == self.end }

  /// Goes to a place that was read before.
  mutating func move(to position: Int) { self.position = position }

  /// The next item's kind, or nil at the end.
  @inline(never)
  mutating func kind<Source: WhitelistSource & ~Copyable>(_ source: borrowing Source) throws(ListFault) -> CBORKind? {
    if self.isAtEnd { return nil }
    try self.fill(1, source)
    return CBORKind(rawValue: self.window[self.position - self.windowStart] >> 5)
  }

  /// Reads an item's head.
  @inline(never)
  mutating func head<Source: WhitelistSource & ~Copyable>(_ source: borrowing Source) throws(ListFault) -> CBORHead {
    try self.fill(1, source)
    // As many bytes as its first one says; what it may not say is for the head's reader to refuse.
    let information = self.window[self.position - self.windowStart] & 31
    let count = 24..<28 ~= information ? 1 + (1 << Int(information - 24)) : 1
    try self.fill(count, source)
    var bytes = InlineArray<9, UInt8>(repeating: 0)
    for index in 0..<count { bytes[index] = self.window[self.position - self.windowStart + index] }
    do throws(CBORError) {
      let head = try CBORHead(bytes.span.extracting(0..<count), at: 0)
      self.position += head.headBytes
      return head
    } catch {
      throw .form
    }
  }

  /// Reads a number.
  @inline(never)
  mutating func uint<Source: WhitelistSource & ~Copyable>(_ source: borrowing Source) throws(ListFault) -> UInt64 {
    let head = try self.head(source)
    guard head.kind == .unsigned else { throw .form }
    return head.argument
  }

  /// Reads a number of at most 32 bits, within bounds.
  @inline(never)
  mutating func uint32<Source: WhitelistSource & ~Copyable>(
    _ source: borrowing Source, in bounds: ClosedRange<UInt32> = 0...UInt32.max
  ) throws(ListFault) -> UInt32 {
    let value = try self.uint(source)
    guard value &>> 32 == 0, bounds ~= UInt32(truncatingIfNeeded: value) else { throw .form }
    return UInt32(truncatingIfNeeded: value)
  }

  /// Reads a map's key, which has to be this one.
  mutating func expect<Source: WhitelistSource & ~Copyable>(
    _ field: UInt32, _ source: borrowing Source
  ) throws(ListFault) {
    _ = try self.uint32(source, in: field...field)
  }

  /// Reads the head of an array or a map.
  ///
  /// - Returns: how many items or pairs follow; never more than the list could hold.
  @inline(never)
  mutating func count<Source: WhitelistSource & ~Copyable>(
    of kind: CBORKind, _ source: borrowing Source
  ) throws(ListFault) -> Int {
    let head = try self.head(source)
    guard head.kind == kind, head.argument &>> 16 == 0 else { throw .form }
    return Int(truncatingIfNeeded: head.argument)
  }

  /// Reads a byte string.
  ///
  /// - Returns: where its bytes stand in the list.
  @inline(never)
  mutating func bytes<Source: WhitelistSource & ~Copyable>(
    _ source: borrowing Source, in lengths: ClosedRange<Int> = 0...WhitelistLimits.listBytes
  ) throws(ListFault) -> Range<Int> {
    let count = try self.count(of: .bytes, source)
    guard lengths ~= count, count <= self.end - self.position else { throw .form }
    self.position += count
    return self.position - count..<self.position
  }

  /// Reads a name: 1 to 64 bytes of UTF-8.
  @inline(never)
  mutating func name<Source: WhitelistSource & ~Copyable>(_ source: borrowing Source) throws(ListFault) -> Range<Int> {
    let start = self.position
    let count = try self.count(of: .text, source)
    guard 1...WhitelistLimits.nameBytes ~= count, count <= self.end - self.position else { throw .form }
    let head = self.position - start
    // As one item of CBOR, so that its UTF-8 is checked where all text is.
    var item = InlineArray<66, UInt8>(repeating: 0)
    item[0] = head == 1 ? 0x60 | UInt8(truncatingIfNeeded: count) : 0x78
    if head == 2 { item[1] = UInt8(truncatingIfNeeded: count) }
    do throws(WhitelistSourceFailure) {
      var span = item.mutableSpan
      var room = span._mutatingExtracting(head..<head + count)
      try source.read(at: self.position, into: &room)
    } catch {
      throw .unreadable
    }
    do throws(CBORError) {
      _ = try CBORReader(item.span.extracting(0..<head + count))
    } catch {
      throw .form
    }
    self.position += count
    return self.position - count..<self.position
  }

  /// Reads a serial number.
  ///
  /// - Throws: `form` when it is no byte string; a serial number that is none is nil.
  @inline(never)
  mutating func serialNumber<Source: WhitelistSource & ~Copyable>(
    _ source: borrowing Source
  ) throws(ListFault) -> SerialNumber? {
    let place = try self.bytes(source)
    guard 1...WhitelistLimits.serialNumberBytes ~= place.count else { return nil }
    self.position = place.lowerBound
    try self.fill(place.count, source)
    let start = self.position - self.windowStart
    self.position = place.upperBound
    if self.window[start] == 0 { return nil }
    var number = SerialNumber()
    for index in 0..<place.count { number.add(self.window[start + index], at: place.count - 1 - index) }
    return number
  }

  /// Leaves out a value that holds no other: a number, a byte string, false, true or null.
  mutating func skipPlain<Source: WhitelistSource & ~Copyable>(_ source: borrowing Source) throws(ListFault) {
    let start = self.position
    let head = try self.head(source)
    switch head.kind {
    case .unsigned, .negative: return
    case .simple:
      guard head.argument >= 20, head.argument <= 22 else { throw .form }
    case .bytes:
      self.position = start
      _ = try self.bytes(source)
    case .text, .array, .map, .tag: throw .form
    }
  }

  /// Sees to it that this many bytes from the position on stand in the window.
  @inline(never)
  private mutating func fill<Source: WhitelistSource & ~Copyable>(
    _ count: Int, _ source: borrowing Source
  ) throws(ListFault) {
    guard count > 0, count <= self.end - self.position else { throw .form }
    if self.position >= self.windowStart, self.position + count <= self.windowEnd { return }
    let length = min(self.window.count, self.end - self.position)
    self.windowStart = self.position
    self.windowEnd = self.position
    do throws(WhitelistSourceFailure) {
      var span = self.window.mutableSpan
      var room = span._mutatingExtracting(0..<length)
      try source.read(at: self.position, into: &room)
    } catch {
      throw .unreadable
    }
    self.windowEnd = self.position + length
  }
}
