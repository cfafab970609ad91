/// CBOR put together by hand, so that a test can write what the writer would not.
public struct CBOR: Sendable {
  public let encoded: [UInt8]

  /// Bytes that are an item, or are not.
  public init(encoded: [UInt8]) { self.encoded = encoded }

  public static func uint(_ value: UInt64) -> CBOR { CBOR(encoded: head(0, value)) }
  /// -1 - value.
  public static func negative(_ value: UInt64) -> CBOR { CBOR(encoded: head(1, value)) }
  public static func bytes(_ value: [UInt8]) -> CBOR { CBOR(encoded: head(2, UInt64(value.count)) + value) }

  public static func text(_ value: String) -> CBOR {
    CBOR(encoded: head(3, UInt64(value.utf8.count)) + Array(value.utf8))
  }

  public static func array(_ items: [CBOR]) -> CBOR {
    CBOR(encoded: head(4, UInt64(items.count)) + items.flatMap(\.encoded))
  }

  public static func map(_ pairs: [(CBOR, CBOR)]) -> CBOR {
    CBOR(encoded: head(5, UInt64(pairs.count)) + pairs.flatMap { $0.0.encoded + $0.1.encoded })
  }

  private static func head(_ kind: UInt8, _ value: UInt64) -> [UInt8] {
    let width = value < 24 ? 0 : value < 256 ? 1 : value < 65_536 ? 2 : value < 1 << 32 ? 4 : 8
    let first = kind << 5 | (width == 0 ? UInt8(value) : [1: 24, 2: 25, 4: 26, 8: 27][width, default: 0])
    return [first] + (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
