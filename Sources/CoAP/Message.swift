/// A parsed message: offsets into the frame it came from (RFC 8323 §3.2, RFC 7252 §3).
///
/// It holds no bytes, so it costs a few words and may be kept; whoever uses it passes the frame again. Everything
/// about the format was checked when it was parsed.
public struct Message: Equatable, Sendable {
  /// Method, response code or signal.
  public let code: Code
  /// Matches a response to its request, within one hop.
  public let token: Token
  /// Where the encoded options stand; empty when there are none. Walk them with `OptionCursor`.
  public let options: Range<Int>
  /// Where the payload stands, behind its marker; empty when there is none.
  public let payload: Range<Int>

  /// Parses exactly one frame and checks its whole format.
  ///
  /// - Parameter frame: the frame, from its length byte to the end of the payload and nothing behind it.
  /// - Throws: the first fault found, from the front; see `CoAPError`.
  public static func parse(_ frame: Span<UInt8>) throws(CoAPError) -> Message {
    guard let header = try FrameHeader(frame, limit: frame.count) else { throw .truncated }
    guard header.frameBytes == frame.count else { throw .trailingBytes }
    let tokenStart = header.codeOffset + 1
    return try self.parse(
      Code(rawValue: frame[header.codeOffset]), token: tokenStart..<tokenStart + header.tokenBytes, in: frame)
  }

  /// Parses what both headers have behind them: the token, then options and payload to the end.
  static func parse(_ code: Code, token place: Range<Int>, in frame: Span<UInt8>) throws(CoAPError) -> Message {
    let start = place.upperBound
    guard code.codeClass != 1, code.codeClass != 3, code.codeClass != 6 else { throw .reservedCode }
    guard code != .empty || (place.isEmpty && start == frame.count) else { throw .emptyMessageNotEmpty }
    guard let token = Token(frame.extracting(place)) else { throw .tokenTooLong }

    var cursor = OptionCursor(position: start, end: frame.count)
    while true {
      guard case .end(let end) = try cursor.step(in: frame) else { continue }
      guard end + 1 != frame.count else { throw .emptyPayload }
      let payload = Swift.min(end + 1, frame.count)
      return Message(code: code, token: token, options: start..<end, payload: payload..<frame.count)
    }
  }

  /// How long the frame is that begins with `prefix`, for cutting frames out of a stream.
  ///
  /// - Parameters:
  ///   - prefix: what has arrived so far; five bytes are always enough.
  ///   - limit: the longest frame taken, in bytes.
  /// - Returns: the length in bytes of the whole frame, or nil when more bytes are needed to know it.
  /// - Throws: `tokenTooLong` or `frameTooLong`: the stream cannot be followed any further.
  public static func frameLength(prefix: Span<UInt8>, limit: Int) throws(CoAPError) -> Int? {
    try FrameHeader(prefix, limit: limit)?.frameBytes
  }
}
