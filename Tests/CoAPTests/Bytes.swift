@testable import CoAP

/// `"41 02"` as bytes.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func hexText(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

func parse(_ bytes: [UInt8]) throws(CoAPError) -> Message {
  try Message.parse(bytes.span)
}

/// Runs the writer over a buffer of `capacity` bytes and returns what it wrote.
func write(
  _ code: Code, token: [UInt8] = [], capacity: Int = 70_000, _ body: (inout MessageWriter) -> Void = { _ in }
) throws(CoAPError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: capacity)
  var buffer = bytes.mutableSpan
  var writer = MessageWriter(&buffer, code: code, token: Token(token.span) ?? Token())
  body(&writer)
  let count = try writer.finish()
  return Array(bytes[..<count])
}

/// All options of a parsed message.
func options(of message: Message, in bytes: [UInt8]) -> [(number: UInt16, value: [UInt8])] {
  var cursor = OptionCursor(message)
  var all: [(number: UInt16, value: [UInt8])] = []
  while let option = cursor.next(in: bytes.span) {
    all.append((option.number.rawValue, Array(bytes[option.value])))
  }
  return all
}

/// Writes a parsed message anew.
func rewrite(_ message: Message, in bytes: [UInt8]) throws(CoAPError) -> [UInt8] {
  let token = (0..<message.token.count).map { message.token[$0] }
  return try write(message.code, token: token) { writer in
    for option in options(of: message, in: bytes) {
      writer.option(OptionNumber(rawValue: option.number), option.value.span)
    }
    writer.payload(bytes.span.extracting(message.payload))
  }
}
