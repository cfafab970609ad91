import NIOCore

/// Ends connections whose first request's head does not come whole in time, and those that last too long.
///
/// A server's idle timeout begins anew with each byte, so that a head that trickles would hold a place for hours.
final class ConnectionDeadline: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let head: TimeAmount
  private let life: TimeAmount
  private var headTimer: Scheduled<Void>?
  private var lifeTimer: Scheduled<Void>?
  /// How much of the empty line at a head's end the bytes so far end with.
  private var matched = 0

  private static let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

  init(head: TimeAmount, life: TimeAmount) {
    self.head = head
    self.life = life
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    headTimer = context.eventLoop.scheduleTask(in: head) { channel.close(promise: nil) }
    lifeTimer = context.eventLoop.scheduleTask(in: life) { channel.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    headTimer?.cancel()
    lifeTimer?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if headTimer != nil { look(at: unwrapInboundIn(data)) }
    context.fireChannelRead(data)
  }

  private func look(at bytes: ByteBuffer) {
    for byte in bytes.readableBytesView {
      matched = byte == Self.end[matched] ? matched + 1 : byte == Self.end[0] ? 1 : 0
      guard matched == Self.end.count else { continue }
      headTimer?.cancel()
      headTimer = nil
      return
    }
  }
}
