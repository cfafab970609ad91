@testable import COSE

/// `"41 02"` as bytes.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func hexText(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// Runs the writer over a buffer of `capacity` bytes and returns what it wrote.
func write(capacity: Int = 4096, _ body: (inout CBORWriter) -> Void) throws(CBORError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: capacity)
  var buffer = bytes.mutableSpan
  var writer = CBORWriter(&buffer)
  body(&writer)
  let count = try writer.finish()
  return Array(bytes[..<count])
}

/// Copies a span, so that it can be kept and compared.
func copy(_ span: Span<UInt8>) -> [UInt8] {
  span.indices.map { span[$0] }
}
