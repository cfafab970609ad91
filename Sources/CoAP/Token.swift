/// At most eight opaque bytes, held inline: a token (RFC 7252 §5.3.1).
public struct Token: Hashable, Sendable {
  private var bytes: InlineArray<8, UInt8>

  /// How many bytes, 0 to 8.
  public let count: Int

  /// The empty token.
  public init() {
    self.bytes = InlineArray(repeating: 0)
    self.count = 0
  }

  /// Copies the bytes.
  ///
  /// - Returns: nil for more than eight bytes.
  public init?(_ value: Span<UInt8>) {
    guard value.count <= 8 else { return nil }
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    for index in value.indices { bytes[index] = value[index] }
    self.bytes = bytes
    self.count = value.count
  }

  /// The number as four bytes, most significant first: how a counter becomes a token.
  public init(_ value: UInt32) {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    bytes[0] = UInt8(truncatingIfNeeded: value >> 24)
    bytes[1] = UInt8(truncatingIfNeeded: value >> 16)
    bytes[2] = UInt8(truncatingIfNeeded: value >> 8)
    bytes[3] = UInt8(truncatingIfNeeded: value)
    self.bytes = bytes
    self.count = 4
  }

  /// The byte at `index`, which must be less than `count`.
  public subscript(index: Int) -> UInt8 {
    precondition(index < self.count)
    return self.bytes[index]
  }

  /// Equal lengths and equal bytes; a shorter token is another token than one with zeros behind it.
  public static func == (left: Token, right: Token) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left.bytes[index] != right.bytes[index] { return false }
    return true
  }

  /// Hashes the length and the bytes in use.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(self.count)
    for index in 0..<self.count { hasher.combine(self.bytes[index]) }
  }
}

/// An ETag's value: 1 to 8 opaque bytes (RFC 7252 §5.10.6).
public typealias EntityTag = Token

/// A Request-Tag's value: 0 to 8 opaque bytes (RFC 9175 §3.2).
public typealias RequestTag = Token
