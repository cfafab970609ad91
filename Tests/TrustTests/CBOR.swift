/// CBOR put together by hand, so that a test can write what the writer would not.
struct CBOR {
  let encoded: [UInt8]

  static func uint(_ value: UInt64) -> CBOR { CBOR(encoded: head(0, value)) }
  /// -1 - value.
  static func negative(_ value: UInt64) -> CBOR { CBOR(encoded: head(1, value)) }
  static func bytes(_ value: [UInt8]) -> CBOR { CBOR(encoded: head(2, UInt64(value.count)) + value) }
  static func text(_ value: String) -> CBOR { CBOR(encoded: head(3, UInt64(value.utf8.count)) + Array(value.utf8)) }
  static func array(_ items: [CBOR]) -> CBOR { CBOR(encoded: head(4, UInt64(items.count)) + items.flatMap(\.encoded)) }

  static func map(_ pairs: [(CBOR, CBOR)]) -> CBOR {
    CBOR(encoded: head(5, UInt64(pairs.count)) + pairs.flatMap { $0.0.encoded + $0.1.encoded })
  }

  private static func head(_ kind: UInt8, _ value: UInt64) -> [UInt8] {
    let width = value < 24 ? 0 : value < 256 ? 1 : value < 65_536 ? 2 : value < 1 << 32 ? 4 : 8
    let first = kind << 5 | (width == 0 ? UInt8(value) : [1: 24, 2: 25, 4: 26, 8: 27][width, default: 0])
    return [first] + (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}

/// A descriptor's content, field by field.
struct Content {
  var fields: [(CBOR, CBOR)]

  init() {
    let anchor = CBOR.array([.bytes(Network.name("Test root")), .bytes(Network.key())])
    fields = [
      (.uint(1), .uint(1)), (.uint(2), .text("Test network")), (.uint(3), .uint(7)),
      (.uint(4), .array([.bytes(Network.key())])), (.uint(5), .array([])), (.uint(6), .array([anchor])),
    ]
  }

  /// This content with another value in a field, or without the field.
  func with(_ field: Int, _ value: CBOR?) -> Content {
    var content = self
    if let value { content.fields[field - 1].1 = value } else { content.fields.remove(at: field - 1) }
    return content
  }

  func adding(_ key: CBOR, _ value: CBOR) -> Content {
    var content = self
    content.fields.append((key, value))
    return content
  }

  var encoded: [UInt8] { CBOR.map(fields).encoded }
}
