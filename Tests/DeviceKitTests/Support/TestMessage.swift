import CoAP

/// A CoAP message as a value.
struct TestMessage: Equatable {
  var code: Code
  var token = Token()
  var path = ""
  var format: ContentFormat?
  var maxAge: UInt32?
  var block1: Block?
  var block2: Block?
  var requestTag: Token?
  var size1: UInt32?
  var echo: [UInt8]?
  var critical: UInt16?
  var payload: [UInt8] = []

  init(_ code: Code, _ path: String = "", _ format: ContentFormat? = nil, _ payload: [UInt8] = []) {
    self.code = code
    self.path = path
    self.format = format
    self.payload = payload
  }

  init?(parsing frame: [UInt8]) {
    guard let message = try? Message.parse(frame.span) else { return nil }
    code = message.code
    token = message.token
    var segments: [String] = []
    var cursor = OptionCursor(message)
    while let option = cursor.next(in: frame.span) {
      if option.number == .uriPath { segments.append(String(decoding: frame[option.value], as: UTF8.self)) }
    }
    path = segments.joined(separator: "/")
    format = message.contentFormat(in: frame.span)
    maxAge = message.firstUInt(.maxAge, in: frame.span)
    block1 = message.firstUInt(.block1, in: frame.span).flatMap { Block(optionValue: $0) }
    block2 = message.firstUInt(.block2, in: frame.span).flatMap { Block(optionValue: $0) }
    echo = message.value(of: .echo, in: frame.span).map { Array(frame[$0]) }
    payload = Array(frame[message.payload])
  }

  var frame: [UInt8] {
    var buffer = [UInt8](repeating: 0, count: payload.count + 128)
    var span = buffer.mutableSpan
    var writer = MessageWriter(&span, code: code, token: token)
    for segment in path.split(separator: "/") { writer.option(.uriPath, Array(segment.utf8).span) }
    if let format { writer.option(.contentFormat, uint: UInt32(format.rawValue)) }
    if let maxAge { writer.option(.maxAge, uint: maxAge) }
    if let block2 { writer.option(.block2, block: block2) }
    if let block1 { writer.option(.block1, block: block1) }
    if let size1 { writer.option(.size1, uint: size1) }
    if let echo { writer.option(.echo, echo.span) }
    if let requestTag { writer.option(.requestTag, tag: requestTag) }
    if let critical { writer.option(OptionNumber(rawValue: critical)) }
    writer.payload(payload.span)
    let count = (try? writer.finish()) ?? 0
    return Array(buffer.prefix(count))
  }
}
