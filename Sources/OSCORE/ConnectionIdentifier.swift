/// A connection identifier of EDHOC, and the sender or recipient ID of OSCORE that comes of it (RFC 9528 §3.3, A.1).
public struct ConnectionIdentifier: Equatable, Hashable, Sendable {
  /// Most bytes Muster takes: what AES-CCM-16-64-128's nonce leaves for an ID (RFC 8613 §3.3).
  public static let maxBytes = 7

  private var storage: InlineArray<7, UInt8>
  /// Its length in bytes, 0 to 7.
  public let count: Int

  /// Takes 0 to 7 bytes; nil for more.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count <= Self.maxBytes else { return nil }
    self.storage = InlineArray(repeating: 0)
    self.count = bytes.count
    for index in bytes.indices { self.storage[index] = bytes[index] }
  }

  /// The empty one.
  public init() {
    self.storage = InlineArray(repeating: 0)
    self.count = 0
  }

  /// The bytes.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { self.storage.span.extracting(0..<self.count) }
  }

  /// The byte at `index` of `count`.
  public subscript(index: Int) -> UInt8 { self.storage[index] }

  /// The one byte that goes over the line as a CBOR integer of -24 to 23, and not as a byte string (RFC 9528 §3.3.2);
  /// nil for every other identifier.
  public var integerEncoding: UInt8? {
    guard self.count == 1 else { return nil }
    let byte = self.storage[0]
    return byte < 0x18 || (0x20..<0x38).contains(byte) ? byte : nil
  }

  public static func == (left: Self, right: Self) -> Bool {
    guard left.count == right.count else { return false }
    for index in left.storage.indices where left.storage[index] != right.storage[index] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    for index in 0..<self.count { hasher.combine(self.storage[index]) }
  }
}
