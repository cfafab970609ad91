/// Where the keys of one kind stand in a descriptor: the one in force first, then its successor.
///
/// A reader believes both alike: the order tells people and tools which one is to stay.
public struct TrustKeys: Equatable, Sendable {
  private let start: UInt16
  private let number: UInt8

  /// Keys that stand one behind another, each with its head.
  init(start: Int, count: Int) {
    self.start = UInt16(truncatingIfNeeded: start)
    self.number = UInt8(truncatingIfNeeded: count)
  }

  /// How many there are, 0 to 2.
  public var count: Int { Int(self.number) }

  /// Where the 64 bytes of a key stand in the descriptor, by its index from 0.
  public subscript(_ index: Int) -> Range<Int> {
    let key = Int(self.start) + index * TrustFormat.encodedKeyBytes
    return key + 2..<key + TrustFormat.encodedKeyBytes
  }
}
