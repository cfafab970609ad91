import COSE

/// The CBOR values of docs/spec/device.md.
enum TestCBOR: Equatable {
  case uint(UInt64)
  case text(String)
  case bytes([UInt8])
  case bool(Bool)

  var uint: UInt64? { if case .uint(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
  var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A map, encoded.
  static func map(_ fields: [UInt8: TestCBOR]) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var span = buffer.mutableSpan
    var writer = CBORWriter(&span)
    writer.map(fields.count)
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      writer.uint(UInt64(key))
      switch value {
      case .uint(let value): writer.uint(value)
      case .text(let value): writer.text(utf8: Array(value.utf8).span)
      case .bytes(let value): writer.bytes(value.span)
      case .bool(let value): writer.bool(value)
      }
    }
    let count = (try? writer.finish()) ?? 0
    return Array(buffer.prefix(count))
  }

  /// A map, decoded.
  static func fields(_ bytes: [UInt8]) -> [UInt8: TestCBOR]? {
    guard var reader = try? CBORReader(bytes.span), let count = try? reader.map() else { return nil }
    var fields: [UInt8: TestCBOR] = [:]
    for _ in 0..<count {
      guard let key = try? reader.uint() else { return nil }
      switch reader.kind {
      case .unsigned: fields[UInt8(key)] = (try? reader.uint()).map { .uint($0) }
      case .text:
        guard let text = try? reader.text() else { return nil }
        fields[UInt8(key)] = .text(String(decoding: text.array, as: UTF8.self))
      case .bytes:
        guard let bytes = try? reader.byteString() else { return nil }
        fields[UInt8(key)] = .bytes(bytes.array)
      default: fields[UInt8(key)] = (try? reader.bool()).map { .bool($0) }
      }
    }
    return fields
  }
}
