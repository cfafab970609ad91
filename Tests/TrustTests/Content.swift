import TestKit

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
