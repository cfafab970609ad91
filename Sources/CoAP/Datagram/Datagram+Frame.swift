extension Datagram {
  /// Writes the message as an RFC 8323 frame with a token of another hop.
  ///
  /// - Parameters:
  ///   - datagram: what this was parsed from.
  ///   - token: takes the place of the datagram's.
  ///   - buffer: at least as long as the frame will be; `datagram.count` + 11 bytes are always enough.
  /// - Returns: the frame's length in bytes.
  /// - Throws: `noSpace`.
  public func writeFrame(
    of datagram: Span<UInt8>, token: Token, into buffer: inout MutableSpan<UInt8>
  ) throws(DatagramError) -> Int {
    let body = self.message.options.lowerBound..<datagram.count
    var writer = MessageWriter(&buffer, code: self.message.code, token: token)
    writer.encoded(datagram.extracting(body))
    do throws(CoAPError) {
      return try writer.finish()
    } catch {
      throw .noSpace
    }
  }

  /// Writes the message of an RFC 8323 frame as a datagram with a token of another hop.
  ///
  /// - Parameters:
  ///   - frame: one whole frame; its code must be one that `type` may carry.
  ///   - token: takes the place of the frame's.
  ///   - buffer: at least as long as the datagram will be; `frame.count` + 10 bytes are always enough.
  /// - Returns: the datagram's length in bytes.
  /// - Throws: `message` when the frame is malformed, `signal`, `noSpace`.
  public static func write(
    frame: Span<UInt8>, type: DatagramType, messageID: UInt16, token: Token, into buffer: inout MutableSpan<UInt8>
  ) throws(DatagramError) -> Int {
    let message: Message
    do throws(CoAPError) {
      message = try Message.parse(frame)
    } catch {
      throw .message(error)
    }
    guard !message.code.isSignal else { throw .signal }
    let body = message.options.lowerBound..<frame.count
    let start = DatagramHeader.bytes + token.count
    guard buffer.count >= start + body.count else { throw .noSpace }
    try DatagramHeader(type: type, code: message.code, messageID: messageID, tokenBytes: token.count)
      .write(into: &buffer)
    for index in 0..<token.count { buffer[DatagramHeader.bytes + index] = token[index] }
    for index in 0..<body.count { buffer[start + index] = frame[body.lowerBound + index] }
    return start + body.count
  }
}
