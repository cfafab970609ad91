/// The name of a credential in ID_CRED (RFC 9528 §3.5.3), short and not unique: every credential that has it is tried.
public struct KeyIdentifier: Equatable, Hashable, Sendable {
  /// Most bytes Muster takes.
  public static let maxBytes = 16
  /// Muster's own: the first bytes of the thumbprint.
  public static let bytes = 8

  private var storage: InlineArray<16, UInt8>
  /// Its length in bytes, 0 to 16.
  public let count: Int

  /// Takes 0 to 16 bytes; nil for more.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count <= Self.maxBytes else { return nil }
    self.storage = InlineArray(repeating: 0)
    self.count = bytes.count
    for index in bytes.indices { self.storage[index] = bytes[index] }
  }

  /// One of its bytes.
  public subscript(index: Int) -> UInt8 { self.storage[index] }

  /// Whether these are its bytes.
  public func equals(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count == self.count else { return false }
    for index in bytes.indices where bytes[index] != self.storage[index] { return false }
    return true
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
