/// Reads deterministic CBOR (RFC 8949 §4.2.1), strictly.
///
/// The initialiser walks everything once and refuses what a deterministic encoder would not have written: numbers and
/// lengths that are not in their shortest form, indefinite lengths, keys out of order or twice, text that is not
/// UTF-8, deep nesting, bytes behind the end. One value has one encoding, so that what is signed, compared or counted
/// means one thing. After that, reading fails only where another type or range was expected, and then reads nothing.
///
///     var reader = try CBORReader(payload)
///     for _ in 0..<(try reader.map()) {
///       switch try reader.uint() {
///       case 1: name = try reader.text()
///       default: try reader.skip()
///       }
///     }
public struct CBORReader: ~Escapable {
  /// How deep arrays, maps and tags may be nested. Each level costs 56 bytes of stack on a Cortex-M0 while validating.
  public static let maxDepth = 8

  private let bytes: Span<UInt8>
  /// How many bytes have been read.
  public private(set) var position = 0

  /// Validates a sequence of items whole; a single item is the usual case.
  ///
  /// - Throws: the first fault, from the front.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) throws(CBORError) {
    try Self.validate(bytes)
    self.bytes = bytes
  }

  /// Whether every item has been read.
  public var isAtEnd: Bool { self.position == self.bytes.count }

  /// The type of the next item, or nil at the end.
  public var kind: CBORKind? {
    self.isAtEnd ? nil : CBORKind(rawValue: self.bytes[self.position] >> 5)
  }

  /// An unsigned integer.
  public mutating func uint() throws(CBORError) -> UInt64 {
    try self.head(.unsigned)
  }

  /// An unsigned integer of at most 32 bits.
  public mutating func uint32() throws(CBORError) -> UInt32 {
    let start = self.position
    let value = try self.head(.unsigned)
    guard value &>> 32 == 0 else {
      self.position = start
      throw .outOfRange
    }
    return UInt32(truncatingIfNeeded: value)
  }

  /// An integer.
  public mutating func int() throws(CBORError) -> Int64 {
    let isNegative = self.kind == .negative
    let start = self.position
    let value = Int64(bitPattern: try self.head(isNegative ? .negative : .unsigned))
    guard value >= 0 else {
      self.position = start
      throw .outOfRange
    }
    return isNegative ? ~value : value
  }

  /// A byte string.
  @_lifetime(copy self)
  public mutating func byteString() throws(CBORError) -> Span<UInt8> {
    try self.string(.bytes)
  }

  /// A text string's UTF-8.
  @_lifetime(copy self)
  public mutating func text() throws(CBORError) -> Span<UInt8> {
    try self.string(.text)
  }

  /// An array's head: how many items follow.
  public mutating func array() throws(CBORError) -> Int {
    Int(truncatingIfNeeded: try self.head(.array))
  }

  /// A map's head: how many pairs follow.
  public mutating func map() throws(CBORError) -> Int {
    Int(truncatingIfNeeded: try self.head(.map))
  }

  /// A tag's number; the item it is for follows.
  public mutating func tag() throws(CBORError) -> UInt64 {
    try self.head(.tag)
  }

  /// false or true.
  public mutating func bool() throws(CBORError) -> Bool {
    guard !self.isAtEnd else { throw .truncated }
    let byte = self.bytes[self.position]
    guard byte == 0xF4 || byte == 0xF5 else { throw .wrongType }
    self.position += 1
    return byte == 0xF5
  }

  /// Whether null stands next; if so it is read.
  public mutating func readsNull() -> Bool {
    guard !self.isAtEnd, self.bytes[self.position] == 0xF6 else { return false }
    self.position += 1
    return true
  }

  /// Leaves out the next item with everything in it.
  public mutating func skip() throws(CBORError) {
    self.position = try Self.end(of: self.bytes, at: self.position, depth: 0)
  }

  /// The next item's encoding, with everything in it.
  @_lifetime(copy self)
  public mutating func encodedItem() throws(CBORError) -> Span<UInt8> {
    let start = self.position
    try self.skip()
    return self.bytes.extracting(start..<self.position)
  }

  private mutating func head(_ kind: CBORKind) throws(CBORError) -> UInt64 {
    let head = try CBORHead(self.bytes, at: self.position)
    guard head.kind == kind else { throw .wrongType }
    self.position += head.headBytes
    return head.argument
  }

  @_lifetime(copy self)
  private mutating func string(_ kind: CBORKind) throws(CBORError) -> Span<UInt8> {
    let count = Int(truncatingIfNeeded: try self.head(kind))
    let start = self.position
    self.position += count
    return self.bytes.extracting(start..<self.position)
  }
}
