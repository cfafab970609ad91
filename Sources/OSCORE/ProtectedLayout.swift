import CoAP

/// Where everything of a protected message stands, worked out before a byte is moved.
///
///     [ length, outer code, token ] [ outer options ] 0xFF [ message 3 ] [ code, inner options, 0xFF payload ] [ tag ]
///
/// In place: the message's options and payload move back as one, to where the inner options will begin. From there the
/// class U options are copied to the front, and the class E options close the gaps they leave. An option that goes
/// missing never lets those behind it grow by more than it took (the header for a sum of two deltas is at most one byte
/// longer than those for each, and a header has at least one), so writing never overtakes reading.
struct ProtectedLayout {
  private let own: OwnOptions
  /// Length, code, token.
  private let headerBytes: Int
  /// Where message 3 goes, empty for none.
  let message3: Range<Int>
  /// Inner code, options, marker and payload, and the tag.
  let ciphertext: Range<Int>
  /// The room that moving takes, in bytes: more than the protected message if there are class U options.
  let neededBytes: Int
  private let hasOuterOptions: Bool

  /// - Throws: `unprotectable`.
  init(
    _ message: Message, in frame: Span<UInt8>, option: OSCOREOption, message3Bytes: Int
  ) throws(OSCOREError) {
    var own = OwnOptions(oscore: option, isCombined: message3Bytes > 0)
    self.own = own
    var outer = OptionRun()
    var inner = OptionRun()
    var hasOuterOptions = false
    var cursor = OptionCursor(message)
    while let next = cursor.next(in: frame) {
      switch OptionPlace(next.number) {
      case .inner: inner.add(next.number, valueBytes: next.value.count)
      case .outer:
        while let first = own.next(before: next.number) { outer.add(first, valueBytes: own.valueBytes(first)) }
        outer.add(next.number, valueBytes: next.value.count)
        hasOuterOptions = true
      case .nowhere: throw .unprotectable
      }
    }
    while let last = own.next() { outer.add(last, valueBytes: own.valueBytes(last)) }
    let tailBytes = Self.tailBytes(message)
    let innerBytes = 1 + inner.end + tailBytes + CipherInput.tagBytes
    let bodyBytes = outer.end + 1 + message3Bytes + innerBytes
    self.headerBytes = Message.headerBytes(token: message.token, bodyBytes: bodyBytes)
    self.hasOuterOptions = hasOuterOptions
    let start = self.headerBytes + outer.end + 1
    self.message3 = start..<start + message3Bytes
    self.ciphertext = self.message3.upperBound..<self.headerBytes + bodyBytes
    self.neededBytes = Swift.max(
      self.ciphertext.upperBound, self.ciphertext.lowerBound + 1 + message.options.count + tailBytes)
  }

  /// The payload with its marker.
  private static func tailBytes(_ message: Message) -> Int {
    message.payload.isEmpty ? 0 : 1 + message.payload.count
  }

  /// Turns the plain frame at the buffer's front into the protected one, but for message 3 and the encryption.
  func move(_ message: Message, outerCode: Code, in buffer: inout MutableSpan<UInt8>) {
    let tailBytes = Self.tailBytes(message)
    let start = self.ciphertext.lowerBound + 1
    let source = start..<start + message.options.count
    buffer.move(from: message.options.lowerBound, count: source.count + tailBytes, to: start)

    var own = self.own
    var outer = OptionRun(at: self.headerBytes)
    if self.hasOuterOptions {
      var cursor = OptionCursor(options: source)
      while let next = cursor.next(in: buffer.span) {
        guard case .outer = OptionPlace(next.number) else { continue }
        while let first = own.next(before: next.number) { own.write(first, &outer, to: &buffer) }
        outer.move(next, in: &buffer)
      }
      var inner = OptionRun(at: start)
      cursor = OptionCursor(options: source)
      while let next = cursor.next(in: buffer.span) {
        guard case .inner = OptionPlace(next.number) else { continue }
        inner.move(next, in: &buffer)
      }
      buffer.move(from: source.upperBound, count: tailBytes, to: inner.end)
    }
    while let last = own.next() { own.write(last, &outer, to: &buffer) }

    buffer[outer.end] = 0xFF
    buffer[self.ciphertext.lowerBound] = message.code.rawValue
    Message.writeHeader(
      code: outerCode, token: message.token, bodyBytes: self.ciphertext.upperBound - self.headerBytes, to: &buffer)
  }
}

/// The options that protection itself adds to the outer message, in their order.
private struct OwnOptions {
  private let oscore: OSCOREOption
  private var hasOSCORE = true
  private var hasEDHOC: Bool

  init(oscore: OSCOREOption, isCombined: Bool) {
    self.oscore = oscore
    self.hasEDHOC = isCombined
  }

  /// Takes the next one that stands before the given number.
  @inline(never)
  mutating func next(before number: OptionNumber = OptionNumber(rawValue: .max)) -> OptionNumber? {
    if self.hasOSCORE && .oscore < number {
      self.hasOSCORE = false
      return .oscore
    }
    if self.hasEDHOC && .edhoc < number {
      self.hasEDHOC = false
      return .edhoc
    }
    return nil
  }

  func valueBytes(_ number: OptionNumber) -> Int {
    number == .oscore ? self.oscore.valueBytes : 0
  }

  @inline(never)
  func write(_ number: OptionNumber, _ run: inout OptionRun, to buffer: inout MutableSpan<UInt8>) {
    let position = run.begin(number, valueBytes: self.valueBytes(number), in: &buffer)
    if number == .oscore { self.oscore.write(to: &buffer, at: position) }
  }
}
