/// The head of an item: its major type and its argument (RFC 8949 §3).
///
/// `CBORReader` takes whole items; who reads one piece by piece, because it is longer than memory, reads heads.
public struct CBORHead {
  /// Longest head, in bytes.
  public static let maxBytes = 9

  /// The item's major type.
  public let kind: CBORKind
  /// Value, length, count, tag number or simple value.
  public let argument: UInt64
  /// 1, 2, 3, 5 or 9.
  public let headBytes: Int

  /// Reads the head at `position` and insists on its shortest form.
  ///
  /// - Throws: `truncated`, `notPreferred`, `indefiniteLength`, `reserved` or `unsupported`.
  public init(_ bytes: Span<UInt8>, at position: Int) throws(CBORError) {
    guard position < bytes.count else { throw .truncated }
    let initial = bytes[position]
    let information = initial & 31
    // Three bits: all eight values are kinds.
    guard let kind = CBORKind(rawValue: initial >> 5) else { throw .reserved }
    self.kind = kind
    guard information >= 24 else {
      self.argument = UInt64(widening: UInt32(information))
      self.headBytes = 1
      return
    }
    guard information < 28 else { throw information == 31 ? .indefiniteLength : .reserved }
    // In major type 7, 25 to 27 are floating-point numbers, and 24 never stands before a value Muster has.
    guard kind != .simple else { throw .unsupported }
    let count = 1 << Int(information - 24)
    guard count < bytes.count - position else { throw .truncated }
    var high: UInt32 = 0
    var low: UInt32 = 0
    for index in position + 1...position + count {
      high = high << 8 | low >> 24
      low = low << 8 | UInt32(bytes[index])
    }
    let isPreferred: Bool
    switch information {
    case 24: isPreferred = low >= 24
    case 25: isPreferred = low > 0xFF
    case 26: isPreferred = low > 0xFFFF
    default: isPreferred = high != 0
    }
    guard isPreferred else { throw .notPreferred }
    self.argument = UInt64(widening: high) &<< 32 | UInt64(widening: low)
    self.headBytes = 1 + count
  }

  /// The argument as a length or a count of items within `limit` bytes: nothing can be longer than what is left.
  func length(limit: Int) throws(CBORError) -> Int {
    guard self.argument <= UInt64(widening: limit) else { throw .truncated }
    return Int(truncatingIfNeeded: self.argument)
  }

  /// Writes a head in its shortest form at the front of `bytes`.
  ///
  /// - Returns: its length, or 0 if there is no room.
  static func write(_ kind: CBORKind, _ argument: UInt64, to bytes: inout MutableSpan<UInt8>, at position: Int) -> Int {
    let low = UInt32(truncatingIfNeeded: argument)
    let high = UInt32(truncatingIfNeeded: argument &>> 32)
    let count = high != 0 ? 8 : low > 0xFFFF ? 4 : low > 0xFF ? 2 : low >= 24 ? 1 : 0
    guard count < bytes.count - position else { return 0 }
    let information: UInt8 =
      switch count {
      case 0: UInt8(truncatingIfNeeded: low)
      case 1: 24
      case 2: 25
      case 4: 26
      default: 27
      }
    bytes[position] = kind.rawValue << 5 | information
    var word = low
    var index = count
    while index > 0 {
      bytes[position + index] = UInt8(truncatingIfNeeded: word)
      word >>= 8
      index -= 1
      if index == 4 { word = high }
    }
    return 1 + count
  }
}
