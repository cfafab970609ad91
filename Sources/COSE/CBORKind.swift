/// CBOR's major types (RFC 8949 §3.1).
public enum CBORKind: UInt8, Equatable, Sendable {
  /// 0 to 2^64-1.
  case unsigned = 0
  /// -1 to -2^64.
  case negative = 1
  /// A byte string.
  case bytes = 2
  /// A text string, UTF-8.
  case text = 3
  /// An array.
  case array = 4
  /// A map.
  case map = 5
  /// A tag, in front of the item it is for.
  case tag = 6
  /// false, true, null or undefined.
  case simple = 7
}
