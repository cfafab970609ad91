import COSE

/// A P-256 public key without ornament: x and y, 32 bytes each, big-endian.
public struct RawPublicKey: Equatable, Hashable, Sendable {
  /// Its length: x and y.
  public static let bytes = 64

  private var storage: InlineArray<64, UInt8>

  /// Takes x and y, one after the other; nil unless they are 64 bytes. Whether the point is on the curve shows when it
  /// is used.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.bytes else { return nil }
    self.storage = InlineArray(repeating: 0)
    for index in bytes.indices { self.storage[index] = bytes[index] }
  }

  init(x: Span<UInt8>, y: Span<UInt8>) {
    self.storage = InlineArray(repeating: 0)
    for index in 0..<32 {
      self.storage[index] = x[index]
      self.storage[32 + index] = y[index]
    }
  }

  /// One of its 64 bytes.
  public subscript(index: Int) -> UInt8 { self.storage[index] }

  /// Copies x and y.
  ///
  /// - Parameter bytes: exactly 64 bytes; any other length throws `noSpace`.
  public func copy(into bytes: inout MutableSpan<UInt8>) throws(EDHOCError) {
    guard bytes.count == Self.bytes else { throw .noSpace }
    for index in bytes.indices { bytes[index] = self.storage[index] }
  }

  public static func == (left: Self, right: Self) -> Bool {
    for index in left.storage.indices where left.storage[index] != right.storage[index] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    for index in self.storage.indices { hasher.combine(self.storage[index]) }
  }
}
