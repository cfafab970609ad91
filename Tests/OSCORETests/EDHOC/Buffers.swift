import Foundation

/// `"41 02"` as bytes; `-` is none.
func bytes(_ text: some StringProtocol) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// In hexadecimal, `-` for none: as the oracles write it.
func field(_ bytes: [UInt8]) -> String {
  bytes.isEmpty ? "-" : bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

/// Copies a span, so that it can be kept and compared.
func copy(_ span: Span<UInt8>) -> [UInt8] {
  span.indices.map { span[$0] }
}

/// Runs `body` over a buffer and returns what it wrote to its front.
func written<Failure: Error>(
  capacity: Int = 256, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Int
) throws(Failure) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: capacity)
  var span = bytes.mutableSpan
  let count = try body(&span)
  return Array(bytes[..<count])
}
