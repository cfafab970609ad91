import COSE
import CoAP
import OSCORE

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

  /// Requires that the request was made just now: its Echo is one that this device gave out.
  ///
  /// - Throws: 4.01, whose answer carries an Echo for the next try.
  func requireFreshness() throws(Rejection) {
    guard let echo = request.value(of: .echo, in: frame),
      EchoFreshness.isFresh(frame.extracting(echo), uptimeMilliseconds: UInt32(truncatingIfNeeded: now))
    else { throw Rejection(.unauthorized) }
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
    let now = UInt32(truncatingIfNeeded: now)
    var writer = MessageWriter(&reply, code: code, token: request.token)
    if code == .serviceUnavailable { add(.maxAge, 60, to: &writer) }
    if let block { add(.block1, block.optionValue, to: &writer) }
    if code == .unauthorized {
      let echo = EchoFreshness.value(uptimeMilliseconds: now)
      writer.option(.echo, echo.span)
    }
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
