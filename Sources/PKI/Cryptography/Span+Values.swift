import COpenSSL

// Between spans, which the core speaks, and values, which outlive them. In one piece: a session's every byte comes by here.

extension [UInt8] {
  /// A span's bytes as a value.
  public init(span: Span<UInt8>) { self = span.withUnsafeBufferPointer { Array($0) } }

  /// Overwrites a secret that is needed no more, in a way that no compiler leaves out.
  public mutating func wipe() { withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
}

extension String {
  /// A span's text; what is no UTF-8 is replaced.
  public init(span utf8: Span<UInt8>) { self = utf8.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}

extension MutableSpan<UInt8> {
  /// Overwrites the whole span.
  ///
  /// - Returns: false, with nothing written, when the bytes are more or fewer than it holds.
  mutating func fill(with bytes: [UInt8]) -> Bool {
    guard bytes.count == count else { return false }
    withUnsafeMutableBufferPointer { place in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(place).copyMemory(from: $0) }
    }
    return true
  }
}
