import COSE

/// Writes the CBOR maps of docs/spec/device.md: small keys, each with one value, in ascending order.
struct FieldWriter: ~Copyable, ~Escapable {
  private var cbor: CBORWriter

  /// The longest map: a registration with everything at its longest.
  static let maxBytes = 192

  /// Begins a map of this many fields at the buffer's front.
  @inline(never)
  @_lifetime(&buffer)
  init(_ buffer: inout MutableSpan<UInt8>, fields: Int) {
    cbor = CBORWriter(&buffer)
    cbor.map(fields)
  }

  @inline(never)
  mutating func uint(_ key: UInt32, _ value: UInt64) {
    cbor.uint(UInt64(widening: key))
    cbor.uint(value)
  }

  @inline(never)
  mutating func uint(_ key: UInt32, _ value: UInt32) {
    uint(key, UInt64(widening: value))
  }

  @inline(never)
  mutating func text(_ key: UInt32, _ utf8: Span<UInt8>) {
    cbor.uint(UInt64(widening: key))
    cbor.text(utf8: utf8)
  }

  @inline(never)
  mutating func text(_ key: UInt32, _ literal: StaticString) {
    cbor.uint(UInt64(widening: key))
    cbor.text(literal)
  }

  @inline(never)
  mutating func bytes(_ key: UInt32, _ value: Span<UInt8>) {
    cbor.uint(UInt64(widening: key))
    cbor.bytes(value)
  }

  mutating func bool(_ key: UInt32, _ value: Bool) {
    cbor.uint(UInt64(widening: key))
    cbor.bool(value)
  }

  /// - Returns: Bytes of the map; 0 if it did not fit.
  @inline(never)
  consuming func finish() -> Int {
    (try? cbor.finish()) ?? 0
  }
}
