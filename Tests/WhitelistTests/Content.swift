import TestKit

/// A list's content, field by field, so that a test can spoil one.
struct Content {
  var fields: [(CBOR, CBOR)]

  /// A list that nothing is wrong with: one issuer, one set of rules, these entries.
  init(entries: [CBOR] = [Content.entry(7)]) {
    fields = [
      (.uint(1), .uint(1)), (.uint(2), .text("Test network")), (.uint(3), .uint(1)),
      (.uint(4), .array([.text("sensor-7"), .bytes(Network.thumbprint)])), (.uint(5), .uint(3)), (.uint(6), .uint(10)),
      (.uint(7), .uint(1_000_000)), (.uint(8), .uint(1_100_000)), (.uint(9), .uint(1_200_000)), (.uint(10), .uint(1)),
      (.uint(11), .uint(1)), (.uint(12), .uint(3)), (.uint(13), .array([Content.issuer(1)])),
      (.uint(14), .array([.array([.map([])])])), (.uint(15), .array(entries)),
    ]
  }

  static func issuer(_ byte: UInt8) -> CBOR {
    .array([.bytes([UInt8](repeating: byte, count: 32)), .bytes([UInt8](repeating: byte + 1, count: 32))])
  }

  /// An entry of issuer 0 with a serial number of one byte, and more.
  static func entry(_ serialNumber: UInt8, _ more: CBOR...) -> CBOR {
    .array([.uint(0), .bytes([serialNumber])] + more)
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

  /// With these rules in the one set.
  func with(rules: [CBOR]) -> Content { with(14, .array([.array(rules)])) }

  var encoded: [UInt8] { CBOR.map(fields).encoded }
}
