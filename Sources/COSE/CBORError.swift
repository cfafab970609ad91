/// Why bytes are not CBOR as Muster takes it, or why they could not be written. The raw values are stable.
public enum CBORError: UInt8, Error, Equatable, Sendable {
  /// The bytes end within an item.
  case truncated = 1
  /// There are bytes after the last item.
  case trailingBytes = 2
  /// A number, length or simple value is not in its shortest form (RFC 8949 §4.2.1).
  case notPreferred = 3
  /// A string, array or map of indefinite length, or a break.
  case indefiniteLength = 4
  /// Additional information 28 to 30, or a simple value that is not well-formed.
  case reserved = 5
  /// A map's keys are not in ascending bytewise order of their encodings, or one stands there twice.
  case keyOrder = 6
  /// Items are nested deeper than `CBORReader.maxDepth`.
  case tooDeep = 7
  /// A text string is not UTF-8.
  case badText = 8
  /// Another type stands there than was asked for.
  case wrongType = 9
  /// The number does not fit the type asked for.
  case outOfRange = 10
  /// A floating-point number or an unassigned simple value: no format of Muster has them.
  case unsupported = 11
  /// The buffer is too small.
  case noSpace = 12
}
