/// One option of a message: its number and where its value stands in the frame.
public struct Option: Equatable, Sendable {
  /// The number, the sum of all deltas so far.
  public let number: OptionNumber
  /// The value's place in the frame; may be empty.
  public let value: Range<Int>
}

/// Steps through the options of a message, in ascending order of their numbers.
public struct OptionCursor: Sendable {
  private var position: Int
  private let end: Int
  private var number: UInt32 = 0

  /// Starts before the first option.
  public init(_ message: Message) {
    self.position = message.options.lowerBound
    self.end = message.options.upperBound
  }

  /// Starts before the first of the encoded options that stand in this range of a frame, for those who moved them there.
  public init(options: Range<Int>) {
    self.init(position: options.lowerBound, end: options.upperBound)
  }

  init(position: Int, end: Int) {
    self.position = position
    self.end = end
  }

  /// The next option, or nil after the last.
  ///
  /// - Parameter frame: the bytes the message was parsed from. `Message.parse` has walked all options once, so nothing
  ///   can fail here; given other bytes the cursor ends early.
  // Once, not at each caller: code size.
  @inline(never)
  public mutating func next(in frame: Span<UInt8>) -> Option? {
    guard let step = try? self.step(in: frame), case .option(let option) = step else { return nil }
    return option
  }

  enum Step {
    case option(Option)
    /// The options end at the given offset: with the payload marker there, or with the frame.
    case end(at: Int)
  }

  /// Decodes one option: delta and length nibbles with their extensions (RFC 7252 §3.1).
  // Once, not at each caller: code size.
  @inline(never)
  mutating func step(in frame: Span<UInt8>) throws(CoAPError) -> Step {
    guard self.end <= frame.count else { throw .truncated }
    guard self.position < self.end else { return .end(at: self.position) }
    let first = frame[self.position]
    guard first != 0xFF else { return .end(at: self.position) }
    self.position += 1
    self.number += try self.extend(first >> 4, in: frame)
    guard self.number <= 0xFFFF else { throw .optionNumberTooLarge }
    let length = Int(try self.extend(first & 15, in: frame))
    guard length <= self.end - self.position else { throw .truncated }
    let value = self.position..<self.position + length
    self.position = value.upperBound
    return .option(Option(number: OptionNumber(rawValue: UInt16(self.number)), value: value))
  }

  /// The number a nibble and its extension bytes stand for, 0 to 65804.
  private mutating func extend(_ nibble: UInt8, in frame: Span<UInt8>) throws(CoAPError) -> UInt32 {
    guard nibble >= 13 else { return UInt32(nibble) }
    guard nibble != 15 else { throw .reservedNibble }
    let extended = Int(nibble) - 12
    guard self.end - self.position >= extended else { throw .truncated }
    var value = UInt32(frame[self.position])
    if extended == 2 { value = value << 8 | UInt32(frame[self.position + 1]) }
    self.position += extended
    return value + (extended == 2 ? 269 : 13)
  }
}
