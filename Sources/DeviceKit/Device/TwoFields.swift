import COSE
import CoAP

/// A CBOR map with a text under 1 and something under 2, as `/provision` and `/csr` take it. Other numbers are passed
/// over.
struct TwoFields: ~Escapable {
  private(set) var first: Span<UInt8>
  /// Empty when the map has none.
  private(set) var second: Span<UInt8>

  /// Reads the map; the text has to be there.
  ///
  /// - Throws: 4.00 for anything else.
  @_lifetime(copy payload)
  init(_ payload: Span<UInt8>, second kind: CBORKind) throws(Rejection) {
    first = payload.extracting(0..<0)
    second = payload.extracting(0..<0)
    do throws(CBORError) {
      var reader = try CBORReader(payload)
      var pairs = try reader.map()
      while pairs > 0 {
        pairs -= 1
        let key = try reader.uint32()
        if key == 1 {
          first = try reader.text()
        } else if key == 2 {
          second = try kind == .text ? reader.text() : reader.byteString()
        } else {
          try reader.skip()
        }
      }
      guard reader.isAtEnd, !first.isEmpty else { throw .truncated }
    } catch {
      throw Rejection(.badRequest)
    }
  }
}
