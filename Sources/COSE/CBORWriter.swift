/// Writes deterministic CBOR (RFC 8949 §4.2.1) into the caller's buffer, from its front.
///
/// Heads are always in their shortest form. The keys of a map must be written in ascending bytewise order of their
/// encodings (for the small integers Muster uses: ascending, negative ones last), and every array and map must get as
/// many items as it announced; `finish()` reads everything back strictly and throws if they do not. The first fault
/// sticks and everything after it is ignored, so that only `finish()` has to be checked:
///
///     var writer = CBORWriter(&buffer)
///     writer.map(2)
///     writer.uint(1); writer.text("Muster")
///     writer.uint(2); writer.bytes(serial)
///     let count = try writer.finish()
public struct CBORWriter: ~Copyable, ~Escapable {
  private var buffer: MutableSpan<UInt8>
  private var position = 0
  private var hasOverflowed = false

  /// Begins at the buffer's front.
  ///
  /// - Parameter buffer: at least as long as what will be written; what lies behind it is left alone.
  @_lifetime(&buffer)
  public init(_ buffer: inout MutableSpan<UInt8>) {
    self.buffer = buffer._mutatingExtracting(0..<buffer.count)
  }

  /// An unsigned integer.
  public mutating func uint(_ value: UInt64) {
    self.head(.unsigned, value)
  }

  /// An unsigned integer of at most 32 bits: devices have these, and widening them costs care (`UInt64+Widening`).
  public mutating func uint32(_ value: UInt32) {
    self.head(.unsigned, UInt64(widening: value))
  }

  /// A signed integer.
  public mutating func int(_ value: Int64) {
    // -1 - n for a negative n is its bitwise complement.
    self.head(value < 0 ? .negative : .unsigned, UInt64(bitPattern: value < 0 ? ~value : value))
  }

  /// A byte string.
  public mutating func bytes(_ value: Span<UInt8>) {
    self.head(.bytes, UInt64(widening: value.count))
    self.raw(value)
  }

  /// A text string.
  ///
  /// - Parameter utf8: checked by `finish()`.
  public mutating func text(utf8: Span<UInt8>) {
    self.head(.text, UInt64(widening: utf8.count))
    self.raw(utf8)
  }

  /// A text string from a literal.
  public mutating func text(_ literal: StaticString) {
    let count = literal.utf8CodeUnitCount
    self.head(.text, UInt64(widening: count))
    guard self.reserve(count) else { return }
    // The only door the standard library has to a literal's bytes without building a `String`; bounded by its count.
    for index in 0..<count {
      self.buffer[self.position + index] = literal.withUTF8Buffer { $0[index] }
    }
    self.position += count
  }

  /// The head of an array of `count` items, which follow.
  public mutating func array(_ count: Int) {
    self.head(.array, UInt64(widening: count))
  }

  /// The head of a map of `count` pairs, which follow: key, value, key, value.
  public mutating func map(_ count: Int) {
    self.head(.map, UInt64(widening: count))
  }

  /// A tag for the item that follows.
  public mutating func tag(_ number: UInt64) {
    self.head(.tag, number)
  }

  /// false or true.
  public mutating func bool(_ value: Bool) {
    self.head(.simple, value ? 21 : 20)
  }

  /// null.
  public mutating func null() {
    self.head(.simple, 22)
  }

  /// Items that are encoded already.
  public mutating func raw(_ encoded: Span<UInt8>) {
    guard self.reserve(encoded.count) else { return }
    for index in encoded.indices { self.buffer[self.position + index] = encoded[index] }
    self.position += encoded.count
  }

  /// Checks what was written.
  ///
  /// - Returns: its length in bytes, from the buffer's front.
  /// - Throws: `noSpace`; or what `CBORReader` throws for these bytes: the caller counted or ordered wrongly.
  public consuming func finish() throws(CBORError) -> Int {
    guard !self.hasOverflowed else { throw .noSpace }
    try CBORReader.validate(self.buffer.span.extracting(0..<self.position))
    return self.position
  }

  private mutating func head(_ kind: CBORKind, _ argument: UInt64) {
    guard self.reserve(1) else { return }
    let count = CBORHead.write(kind, argument, to: &self.buffer, at: self.position)
    if count == 0 { self.hasOverflowed = true }
    self.position += count
  }

  private mutating func reserve(_ count: Int) -> Bool {
    if count > self.buffer.count - self.position { self.hasOverflowed = true }
    return !self.hasOverflowed
  }
}
