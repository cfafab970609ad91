import CoAP
import OSCORE

/// `"41 02"` as bytes.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func hexText(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

func identifier(_ bytes: [UInt8]) -> ConnectionIdentifier {
  guard let identifier = ConnectionIdentifier(bytes.span) else { preconditionFailure("too long for an identifier") }
  return identifier
}

func token(_ bytes: [UInt8]) -> Token {
  guard let token = Token(bytes.span) else { preconditionFailure("too long for a token") }
  return token
}

/// A frame by its parts: whatever stands behind the token is given encoded.
func frame(_ code: Code, token bytes: [UInt8] = [], body: [UInt8]) -> [UInt8] {
  let token = token(bytes)
  var header = [UInt8](repeating: 0, count: Message.headerBytes(token: token, bodyBytes: body.count))
  var span = header.mutableSpan
  Message.writeHeader(code: code, token: token, bodyBytes: body.count, to: &span)
  return header + body
}

/// A frame as the writer makes it.
func frame(
  _ code: Code, token bytes: [UInt8] = [], _ write: (inout MessageWriter) throws -> Void = { _ in }
) throws -> [UInt8] {
  var buffer = [UInt8](repeating: 0, count: 4096)
  var span = buffer.mutableSpan
  var writer = MessageWriter(&span, code: code, token: token(bytes))
  try write(&writer)
  let count = try writer.finish()
  return Array(buffer[..<count])
}

/// All options of a frame.
func options(of bytes: [UInt8]) throws -> [PlainOption] {
  var cursor = OptionCursor(try Message.parse(bytes.span))
  var all: [PlainOption] = []
  while let option = cursor.next(in: bytes.span) {
    all.append(PlainOption(option.number, Array(bytes[option.value])))
  }
  return all
}

func payload(of bytes: [UInt8]) throws -> [UInt8] {
  Array(bytes[try Message.parse(bytes.span).payload])
}

struct PlainOption: Equatable {
  let number: OptionNumber
  let value: [UInt8]

  init(_ number: OptionNumber, _ value: [UInt8]) {
    self.number = number
    self.value = value
  }
}
