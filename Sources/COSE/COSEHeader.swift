/// What matters here of one bucket of a COSE header (RFC 9052 §3.1).
struct COSEHeader: ~Escapable {
  /// Label 1; nil when there is none, 0 (reserved) for one that is not an integer.
  private(set) var algorithm: Int64?
  /// Label 2 is there.
  private(set) var isCritical = false
  /// Label 4; empty when there is none.
  private(set) var keyIdentifier: Span<UInt8>

  /// Reads one map, or no bytes for an empty protected bucket.
  @_lifetime(copy map)
  init(_ map: Span<UInt8>) throws(CBORError) {
    self.keyIdentifier = map.extracting(0..<0)
    guard !map.isEmpty else { return }
    var reader = try CBORReader(map)
    for _ in 0..<(try reader.map()) {
      guard reader.kind == .unsigned else {
        try reader.skip()
        try reader.skip()
        continue
      }
      switch try reader.uint() {
      case 1:
        if reader.kind == .unsigned || reader.kind == .negative {
          self.algorithm = try reader.int()
        } else {
          self.algorithm = 0
          try reader.skip()
        }
      case 2:
        self.isCritical = true
        try reader.skip()
      case 4: self.keyIdentifier = try reader.byteString()
      default: try reader.skip()
      }
    }
    guard reader.isAtEnd else { throw .trailingBytes }
  }
}
