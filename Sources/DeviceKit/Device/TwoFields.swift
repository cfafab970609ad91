import COSE
import CoAP

/// A CBOR map with strings of one kind under 1 and 2, as `/provision` (bytes) and `/csr` (text) take it. Other numbers
/// are passed over.
struct TwoFields: ~Escapable {
  private(set) var first: Span<UInt8>
  /// Empty when the map has none.
  private(set) var second: Span<UInt8>

  /// Reads the map; the first has to be there, and not empty.
  ///
  /// - Throws: 4.00 for anything else.
  @_lifetime(copy payload)
  init(_ payload: Span<UInt8>, _ kind: CBORKind) throws(Rejection) {
    first = payload.extracting(0..<0)
    second = payload.extracting(0..<0)
    do throws(CBORError) {
      var reader = try CBORReader(payload)
      var pairs = try reader.map()
      while pairs > 0 {
        pairs -= 1
        let key = try reader.uint32()
        if key == 1 {
          first = try Self.string(kind, &reader)
        } else if key == 2 {
          second = try Self.string(kind, &reader)
        } else {
          try reader.skip()
        }
      }
      guard reader.isAtEnd, !first.isEmpty else { throw .truncated }
    } catch {
      throw Rejection(.badRequest)
    }
  }

  @_lifetime(copy reader)
  private static func string(_ kind: CBORKind, _ reader: inout CBORReader) throws(CBORError) -> Span<UInt8> {
    try kind == .text ? reader.text() : reader.byteString()
  }
}
