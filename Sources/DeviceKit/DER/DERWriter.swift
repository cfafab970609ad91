/// Writes DER into a caller's buffer, front to back.
///
/// A constructed element is begun before its length is known and ended after its contents: ``end()`` puts the length
/// in, and moves the contents on by the one or two octets that a longer length needs. Writing over the end of the
/// buffer changes nothing but ``overflowed``, so that callers check once.
struct DERWriter: ~Copyable, ~Escapable {
  private var bytes: MutableSpan<UInt8>
  /// Octets written.
  private(set) var count = 0
  /// Whether the buffer was too short; what it holds then is of no use.
  private(set) var overflowed = false
  /// Where the contents begin of the elements that are not ended yet.
  private var starts = InlineArray<12, Int>(repeating: 0)
  private var depth = 0

  /// Writes from the buffer's front on.
  @_lifetime(&buffer)
  init(_ buffer: inout MutableSpan<UInt8>) {
    bytes = buffer.first(buffer.count)
  }

  /// Octets written so far.
  var written: Span<UInt8> {
    @_lifetime(borrow self)
    get { bytes.span.extracting(0..<count) }
  }

  @inline(never)
  mutating func octet(_ value: UInt8) {
    guard count < bytes.count else {
      overflowed = true
      return
    }
    bytes[count] = value
    count += 1
  }

  @inline(never)
  mutating func octets(_ value: Span<UInt8>) {
    for index in value.indices { octet(value[index]) }
  }

  @inline(never)
  mutating func octets(_ value: DERConstant) {
    for index in 0..<value.count { octet(value[index]) }
  }

  /// Begins an element; what is written until ``end()`` is its content.
  @inline(never)
  mutating func begin(_ tag: UInt8) {
    octet(tag)
    octet(0)
    starts[depth] = count
    depth += 1
  }

  /// Ends the element begun last.
  @inline(never)
  mutating func end() {
    depth -= 1
    let start = starts[depth]
    let content = count - start
    let extra = content < 0x80 ? 0 : content < 0x100 ? 1 : 2
    for _ in 0..<extra { octet(0) }
    guard !overflowed else { return }
    if extra == 0 {
      bytes[start - 1] = UInt8(content)
      return
    }
    var index = start + content
    while index > start {
      index -= 1
      bytes[index + extra] = bytes[index]
    }
    bytes[start - 1] = 0x80 | UInt8(extra)
    bytes[start + extra - 1] = UInt8(truncatingIfNeeded: content)
    if extra == 2 { bytes[start] = UInt8(truncatingIfNeeded: content &>> 8) }
  }

  /// A whole element with these contents.
  @inline(never)
  mutating func element(_ tag: UInt8, _ content: Span<UInt8>) {
    begin(tag)
    octets(content)
    end()
  }

  /// A whole element with these contents.
  @inline(never)
  mutating func element(_ tag: UInt8, _ content: DERConstant) {
    begin(tag)
    octets(content)
    end()
  }

  /// An INTEGER of these octets, most significant first.
  @inline(never)
  mutating func positiveInteger(_ magnitude: Span<UInt8>) {
    var first = 0
    while first < magnitude.count - 1, magnitude[first] == 0 { first += 1 }
    begin(DERTag.integer)
    if magnitude[first] >= 0x80 { octet(0) }
    octets(magnitude.extracting(first..<magnitude.count))
    end()
  }
}
