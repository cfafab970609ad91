extension OptionNumber {
  /// Whether the option may stand more than once in a message (RFC 7252 §5.10, table 4; RFC 9175 for Request-Tag).
  public var isRepeatable: Bool {
    switch self {
    case .ifMatch, .eTag, .locationPath, .uriPath, .uriQuery, .locationQuery, .requestTag: true
    default: false
    }
  }

  /// Whether a value of this length is within the option's definition; any length is for options not listed.
  public func permits(lengthBytes: Int) -> Bool {
    switch self {
    case .ifMatch, .requestTag: lengthBytes <= 8
    case .eTag: lengthBytes >= 1 && lengthBytes <= 8
    case .uriHost: lengthBytes >= 1 && lengthBytes <= 255
    case .ifNoneMatch, .edhoc: lengthBytes == 0
    case .uriPort, .contentFormat, .accept: lengthBytes <= 2
    case .observe, .block1, .block2: lengthBytes <= 3
    case .maxAge, .size1, .size2: lengthBytes <= 4
    case .hopLimit: lengthBytes == 1
    case .uriPath, .uriQuery, .locationPath, .locationQuery, .oscore, .proxyScheme: lengthBytes <= 255
    case .echo: lengthBytes >= 1 && lengthBytes <= 40
    default: true
    }
  }
}
