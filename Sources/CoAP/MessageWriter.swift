/// Writes one message into the caller's buffer, from its front.
///
/// Options go first, in ascending order of their numbers, then the payload. The first fault sticks and everything
/// after it is ignored, so that only `finish()` has to be checked:
///
///     var writer = MessageWriter(&buffer, code: .post, token: token)
///     writer.path("report")
///     writer.option(.contentFormat, uint: 18)
///     writer.payload(bytes)
///     let count = try writer.finish()
public struct MessageWriter: ~Copyable, ~Escapable {
  private var buffer: MutableSpan<UInt8>
  private let bodyStart: Int
  private var position: Int
  private var number: UInt16 = 0
  private var hasPayload = false
  private var fault: CoAPError?

  /// Begins a message.
  ///
  /// - Parameters:
  ///   - buffer: at least as long as the message will be, in bytes; what lies behind the message is left alone, except
  ///     that a payload written in place may have used it.
  ///   - code: any code; the writer does not judge it.
  ///   - token: repeats the request's token in a response.
  @_lifetime(&buffer)
  public init(_ buffer: inout MutableSpan<UInt8>, code: Code, token: Token) {
    self.bodyStart = 2 + token.count
    self.position = self.bodyStart
    self.buffer = buffer._mutatingExtracting(0..<buffer.count)
    guard self.bodyStart <= self.buffer.count else {
      self.fault = .noSpace
      return
    }
    // The length is known last: the body starts behind a header without extension and `finish()` makes room.
    self.buffer[0] = UInt8(token.count)
    self.buffer[1] = code.rawValue
    for index in 0..<token.count { self.buffer[2 + index] = token[index] }
  }

  /// Adds an option with an opaque value.
  ///
  /// - Parameters:
  ///   - number: not less than the option's before it.
  ///   - value: at most 65,804 bytes.
  public mutating func option(_ number: OptionNumber, _ value: Span<UInt8>) {
    guard self.begin(number, valueBytes: value.count) else { return }
    self.append(value)
  }

  /// Adds an option whose value is an unsigned integer, in as few bytes as it needs, none for zero (RFC 7252 §3.2).
  public mutating func option(_ number: OptionNumber, uint: UInt32) {
    var shift = 32
    while shift > 0 && uint >> UInt32(shift - 8) == 0 { shift -= 8 }
    guard self.begin(number, valueBytes: shift / 8) else { return }
    while shift > 0 {
      shift -= 8
      self.append(UInt8(truncatingIfNeeded: uint >> UInt32(shift)))
    }
  }

  /// Adds an option whose value is a literal.
  public mutating func option(_ number: OptionNumber, text: StaticString) {
    self.option(number, text: text, in: 0..<text.utf8CodeUnitCount)
  }

  /// Adds an option without a value.
  public mutating func option(_ number: OptionNumber) {
    _ = self.begin(number, valueBytes: 0)
  }

  /// Adds a block option (RFC 7959 §2.2).
  public mutating func option(_ number: OptionNumber, block: Block) {
    self.option(number, uint: block.optionValue)
  }

  /// Adds an option whose value is a short tag (ETag, Request-Tag).
  public mutating func option(_ number: OptionNumber, tag: Token) {
    guard self.begin(number, valueBytes: tag.count) else { return }
    for index in 0..<tag.count { self.append(tag[index]) }
  }

  /// Adds one Uri-Path option a segment.
  ///
  /// - Parameter path: the segments joined by `/`, without one at the front: `"est/sen"`; `""` adds nothing.
  public mutating func path(_ path: StaticString) {
    let count = path.utf8CodeUnitCount
    guard count > 0 else { return }
    var start = 0
    for index in 0...count where index == count || path.byte(at: index) == UInt8(ascii: "/") {
      self.option(.uriPath, text: path, in: start..<index)
      start = index + 1
    }
  }

  /// Adds the payload; an empty one adds nothing, not even the marker.
  public mutating func payload(_ bytes: Span<UInt8>) {
    guard !bytes.isEmpty, self.reserve(1 + bytes.count), !self.hasPayload else { return }
    self.hasPayload = true
    self.append(0xFF)
    self.append(bytes)
  }

  /// Adds options, marker and payload as another message of the same parser has them encoded.
  mutating func encoded(_ bytes: Span<UInt8>) {
    guard self.reserve(bytes.count) else { return }
    self.append(bytes)
  }

  /// Adds a payload that is written in place.
  ///
  /// - Parameter write: gets what is left of the buffer and returns how many bytes it wrote at its front; zero leaves
  ///   the message without a payload. Its error is passed on, and the writer must then be given up.
  public mutating func payload<Failure: Error>(
    writing write: (inout MutableSpan<UInt8>) throws(Failure) -> Int
  ) throws(Failure) {
    guard self.reserve(1), !self.hasPayload else { return }
    let start = self.position + 1
    var rest = self.buffer._mutatingExtracting(start..<self.buffer.count)
    let count = try write(&rest)
    guard count > 0 else { return }
    self.append(0xFF)
    self.hasPayload = true
    self.position = start + count
  }

  /// Puts the length in front.
  ///
  /// - Returns: the message's length in bytes, from the buffer's front.
  /// - Throws: the first fault: `optionOrder`, `optionTooLong` or `noSpace`.
  public consuming func finish() throws(CoAPError) -> Int {
    let body = self.position - self.bodyStart
    let extended = FrameHeader.extendedLengthBytes(body)
    _ = self.reserve(extended)
    if let fault = self.fault { throw fault }
    let tokenBytes = self.bodyStart - 2
    var index = self.position
    while index > 1 && extended > 0 {
      index -= 1
      self.buffer[index + extended] = self.buffer[index]
    }
    FrameHeader.writeLength(body, tokenBytes: tokenBytes, to: &self.buffer)
    return self.position + extended
  }
}

extension MessageWriter {
  // Once, not at each caller: code size.
  @inline(never)
  private mutating func option(_ number: OptionNumber, text: StaticString, in range: Range<Int>) {
    guard self.begin(number, valueBytes: range.count) else { return }
    for index in range { self.append(text.byte(at: index) ?? 0) }
  }

  /// Writes an option's header and makes sure its value has room (RFC 7252 §3.1).
  // Once, not at each caller: code size.
  @inline(never)
  private mutating func begin(_ number: OptionNumber, valueBytes: Int) -> Bool {
    guard number.rawValue >= self.number, !self.hasPayload else {
      self.fault = self.fault ?? .optionOrder
      return false
    }
    guard valueBytes <= 65_804 else {
      self.fault = self.fault ?? .optionTooLong
      return false
    }
    // The exact need is checked, so that a message can fill its buffer.
    let delta = Int(number.rawValue - self.number)
    guard self.reserve(Option.headerBytes(delta: delta, valueBytes: valueBytes) + valueBytes) else { return false }
    self.number = number.rawValue
    self.position = Option.writeHeader(delta: delta, valueBytes: valueBytes, to: &self.buffer, at: self.position)
    return true
  }

  private mutating func reserve(_ count: Int) -> Bool {
    if self.fault == nil && count > self.buffer.count - self.position { self.fault = .noSpace }
    return self.fault == nil
  }

  private mutating func append(_ byte: UInt8) {
    self.buffer[self.position] = byte
    self.position += 1
  }

  // Once, not at each caller: code size.
  @inline(never)
  private mutating func append(_ bytes: Span<UInt8>) {
    for index in bytes.indices { self.append(bytes[index]) }
  }
}
