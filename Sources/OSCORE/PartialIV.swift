/// A message's number as it stands on the line: 1 to 5 bytes, most significant first and as few as it takes
/// (RFC 8613 §6.1).
public struct PartialIV: Equatable, Sendable {
  /// Most bytes (RFC 8613 §7.2.1: numbers are below 2^40).
  public static let maxBytes = 5

  /// Right-aligned.
  private var storage: InlineArray<5, UInt8>
  /// Its length in bytes, 1 to 5.
  public let count: Int

  /// A number that its sender counted.
  public init(_ number: UInt32) {
    self.storage = InlineArray(repeating: 0)
    var rest = number
    var index = Self.maxBytes
    repeat {
      index -= 1
      self.storage[index] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
    } while rest > 0
    self.count = Self.maxBytes - index
  }

  /// Reads one that was received.
  ///
  /// - Throws: `reservedLength`, `partialIVNotShortest`.
  init(_ bytes: Span<UInt8>) throws(OSCOREError) {
    guard bytes.count >= 1, bytes.count <= Self.maxBytes else { throw .reservedLength }
    guard bytes.count == 1 || bytes[0] != 0 else { throw .partialIVNotShortest }
    self.storage = InlineArray(repeating: 0)
    self.count = bytes.count
    let start = Self.maxBytes - bytes.count
    for index in bytes.indices { self.storage[start + index] = bytes[index] }
  }

  /// The byte at `index` of `count`.
  public subscript(index: Int) -> UInt8 { self.storage[Self.maxBytes - self.count + index] }

  /// The byte at `index` of five: filled up with zeros at the front.
  func padded(_ index: Int) -> UInt8 { self.storage[index] }

  /// The number, below 2^40.
  public var number: UInt64 {
    var low: UInt32 = 0
    for index in 1..<Self.maxBytes { low = low << 8 | UInt32(self.storage[index]) }
    return UInt64(_truncatingBits: UInt(self.storage[0])) &<< 32 | UInt64(_truncatingBits: UInt(low))
  }

  public static func == (left: Self, right: Self) -> Bool { left.number == right.number }
}
