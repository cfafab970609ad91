import COSE
import CoAP

/// A request that is being answered: its bytes, and the buffer for the answer.
///
/// Until the answer is written the buffer is scratch space.
struct Exchange: ~Copyable, ~Escapable {
  let frame: Span<UInt8>
  let request: Message
  private var reply: MutableSpan<UInt8>
  /// Milliseconds since the start.
  let now: UInt64

  @_lifetime(copy frame, &reply)
  init(_ frame: Span<UInt8>, _ request: Message, reply: inout MutableSpan<UInt8>, now: UInt64) {
    self.frame = frame
    self.request = request
    self.reply = reply.first(reply.count)
    self.now = now
  }

  /// The buffer for the answer: scratch space, or to write the answer at its front.
  @_lifetime(&self)
  mutating func room() -> MutableSpan<UInt8> {
    reply.first(reply.count)
  }

  /// The request's payload, which has to be in this format.
  @inline(never)
  @_lifetime(copy self)
  mutating func payload(_ format: ContentFormat) throws(Rejection) -> Span<UInt8> {
    guard request.contentFormat(in: frame) == format else { throw Rejection(.unsupportedContentFormat) }
    return frame.extracting(request.payload)
  }

  /// Begins an answer with a payload.
  @inline(never)
  @_lifetime(&self)
  mutating func writer(_ code: Code, _ format: ContentFormat) -> MessageWriter {
    var writer = MessageWriter(&reply, code: code, token: request.token)
    add(.contentFormat, UInt32(format.rawValue), to: &writer)
    return writer
  }

  /// Answers without a payload.
  ///
  /// - Parameter block: The Block1 option of the answer to a block.
  /// - Returns: Bytes of the answer.
  @inline(never)
  mutating func respond(_ code: Code, block1 block: Block? = nil) -> Int {
    var writer = MessageWriter(&reply, code: code, token: request.token)
    if code == .serviceUnavailable { add(.maxAge, 60, to: &writer) }
    if let block { add(.block1, block.optionValue, to: &writer) }
    return end(writer)
  }

  /// Answers with CBOR.
  ///
  /// - Returns: Bytes of the answer.
  @inline(never)
  mutating func respond(_ code: Code, cbor: Span<UInt8>) -> Int {
    var writer = writer(code, .cbor)
    writer.payload(cbor)
    return end(writer)
  }
}

/// Writes a payload in place and ends the message.
///
/// One function for all, not inlined: the writer's own is generic over what a payload may throw, and would come out
/// once for each.
///
/// - Parameter body: Writes at the front of the room it is given and returns how many bytes; 0 when it could not.
/// - Returns: Bytes of the message; 0 when the payload could not be written.
@inline(never)
func end(
  _ writer: consuming MessageWriter, payload body: (inout MutableSpan<UInt8>) throws(Rejection) -> Int
) throws(Rejection) -> Int {
  var count = 0
  try writer.payload { (room: inout MutableSpan<UInt8>) throws(Rejection) in
    count = try body(&room)
    return count
  }
  return count == 0 ? 0 : end(writer)
}

/// Adds an option; once, because the writer's own function would be inlined wherever it is called.
@inline(never)
func add(_ number: OptionNumber, _ value: UInt32, to writer: inout MessageWriter) {
  writer.option(number, uint: value)
}

/// Ends a message.
///
/// - Returns: Bytes of it; 0 when the buffer is too short.
@inline(never)
func end(_ writer: consuming MessageWriter) -> Int {
  (try? writer.finish()) ?? 0
}

/// Begins a request of the device's own.
@inline(never)
@_lifetime(&buffer)
func request(
  _ path: StaticString, _ format: ContentFormat, token: Token, into buffer: inout MutableSpan<UInt8>
) -> MessageWriter {
  var writer = MessageWriter(&buffer, code: .post, token: token)
  writer.path(path)
  writer.option(.contentFormat, uint: UInt32(format.rawValue))
  return writer
}
