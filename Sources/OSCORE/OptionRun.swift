import CoAP

/// Options one after the other: counted first, written later.
///
/// Its functions stand once, not at each caller: code size.
struct OptionRun {
  private var number: UInt16 = 0
  /// Where the next option begins.
  private(set) var end: Int

  init(at position: Int = 0) { self.end = position }

  /// Counts an option.
  @inline(never)
  mutating func add(_ number: OptionNumber, valueBytes: Int) {
    self.end += Option.headerBytes(delta: Int(number.rawValue - self.number), valueBytes: valueBytes) + valueBytes
    self.number = number.rawValue
  }

  /// Writes an option's header.
  ///
  /// - Returns: where its value goes.
  @inline(never)
  mutating func begin(_ number: OptionNumber, valueBytes: Int, in buffer: inout MutableSpan<UInt8>) -> Int {
    let position = Option.writeHeader(
      delta: Int(number.rawValue - self.number), valueBytes: valueBytes, to: &buffer, at: self.end)
    self.number = number.rawValue
    self.end = position + valueBytes
    return position
  }

  /// Copies an option of the same buffer, its delta being another one here.
  @inline(never)
  mutating func move(_ option: Option, in buffer: inout MutableSpan<UInt8>) {
    let position = self.begin(option.number, valueBytes: option.value.count, in: &buffer)
    buffer.move(from: option.value.lowerBound, count: option.value.count, to: position)
  }
}
