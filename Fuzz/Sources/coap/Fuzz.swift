import CoAP

/// Whatever parses as a message has exactly one encoding: writing it anew must give the same bytes. The first byte
/// chooses between that and a run of Block1 requests, where a body may never get a hole.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCoAP(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let mode = bytes.first else { return 0 }
  if mode & 1 == 0 {
    checkMessage(Array(bytes.dropFirst()))
  } else {
    checkBlocks(Array(bytes.dropFirst()))
  }
  return 0
}

private func checkMessage(_ frame: [UInt8]) {
  let length = try? Message.frameLength(prefix: frame.span, limit: 4096)
  guard let message = try? Message.parse(frame.span) else { return }
  precondition(frame.count > 4096 || length == frame.count)
  _ = message.firstUnsupportedCriticalOption(in: frame.span) { $0 == .uriPath }
  _ = message.matches(path: "est/sen", in: frame.span)
  _ = message.contentFormat(in: frame.span)
  _ = message.tag(.requestTag, in: frame.span)
  _ = try? message.block(.block1, in: frame.span)

  var copy = [UInt8](repeating: 0, count: frame.count)
  var buffer = copy.mutableSpan
  var writer = MessageWriter(&buffer, code: message.code, token: message.token)
  var cursor = OptionCursor(message)
  while let option = cursor.next(in: frame.span) {
    writer.option(option.number, frame.span.extracting(option.value))
  }
  writer.payload(frame.span.extracting(message.payload))
  let written = try? writer.finish()
  precondition(written == frame.count && copy == frame, "one message, two encodings")
}

/// Each four bytes are a Block1 option's value and what the payload's length is relative to the block's.
private func checkBlocks(_ script: [UInt8]) {
  var receiver = BlockReceiver(largestExponent: 3, limitBytes: 2000)
  var stored = 0
  for start in stride(from: 0, to: script.count - 3, by: 4) {
    let value = UInt32(script[start]) << 12 | UInt32(script[start + 1]) << 4 | UInt32(script[start + 2] & 15)
    let block = Block(optionValue: value)
    let length = max(0, (block?.sizeBytes ?? 16) - Int(script[start + 3]))
    switch receiver.receive(block, tag: nil, payloadBytes: length, announcedBytes: nil) {
    case .store(let offset, _):
      precondition(offset == 0 || offset == stored)
      stored = offset + length
    case .complete(let offset, let body, _):
      precondition(offset == 0 || offset == stored)
      precondition(body == offset + length && body <= 2000)
      stored = 0
    case .repeated: break
    case .incomplete, .tooLarge, .malformed: stored = 0
    }
  }
}
