import NIOCore

/// The UDP socket's end of the pipeline: hands over each datagram with its sender, and writes back.
final class UDPHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let receive: ([UInt8], SocketAddress) -> Void

  /// - Parameter receive: called on the event loop.
  init(receive: @escaping ([UInt8], SocketAddress) -> Void) {
    self.receive = receive
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    receive(Array(envelope.data.readableBytesView), envelope.remoteAddress)
  }

  // A datagram that could not be sent is one that was lost: the message layer sees to it. The socket goes on.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
