import CoAP
import NIOCore

/// Cuts a byte stream into CoAP messages (RFC 8323 §3.2).
///
/// The length is judged as soon as it is known, so that never more than one message of the allowed size is kept. A
/// stream that is at fault cannot be followed any further: the error goes up the pipeline and nothing after it.
public struct CoAPFrameDecoder: ByteToMessageDecoder {
  /// What comes out.
  public typealias InboundOut = CoAPMessage

  private let maximumMessageBytes: Int

  /// Starts at the beginning of a stream.
  ///
  /// - Parameter maximumMessageBytes: the longest frame taken.
  public init(maximumMessageBytes: Int) {
    self.maximumMessageBytes = maximumMessageBytes
  }

  /// Reads one frame if it is there whole.
  public mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
    guard let message = try self.next(in: &buffer) else { return .needMoreData }
    context.fireChannelRead(Self.wrapInboundOut(message))
    return .continue
  }

  /// Reads what is left when the peer has closed; half a frame is dropped, as the message it was is lost anyway.
  public mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) throws -> DecodingState {
    try self.decode(context: context, buffer: &buffer)
  }

  /// Takes one message from the front of the buffer, or nothing.
  func next(in buffer: inout ByteBuffer) throws(CoAPError) -> CoAPMessage? {
    guard let prefix = buffer.getBytes(at: buffer.readerIndex, length: min(5, buffer.readableBytes)),
      let length = try Message.frameLength(prefix: prefix.span, limit: self.maximumMessageBytes),
      let frame = buffer.readBytes(length: length)
    else { return nil }
    return try CoAPMessage(parsing: frame)
  }
}
