import NIOCore
import SerialLink

/// Runs a link on a channel: the channel's bytes and the event loop's clock in, the link's bytes and events out.
///
/// Lives on the channel's event loop.
final class LineHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var link: LinkDriver
  private var pacer: LinePacer
  private let trace: LineTrace?
  /// Called on the event loop, in order; may call ``send(_:)``.
  var report: (LineEvent) -> Void = { _ in }
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?
  private var isPumping = false
  /// The link may have bytes that the line could not take yet.
  private var hasMore = false
  /// What closed the channel, when it was not simply the other end.
  private(set) var failure: (any Error)?

  /// - Parameters:
  ///   - baud: the line's speed, in bits per second.
  ///   - trace: where every byte is written down.
  init(configuration: LinkConfiguration, baud: Int, trace: LineTrace?) {
    self.link = LinkDriver(
      configuration: configuration, bootEpoch: .random(in: 0...UInt32.max), now: Self.now)
    self.pacer = LinePacer(baud: baud)
    self.trace = trace
  }

  /// The channel, while it is open.
  var channel: (any Channel)? { context?.channel }

  var counters: LinkCounters { link.counters }

  var isUp: Bool { link.isUp }

  /// Sends a message; `.delivered` or `.undelivered` is reported later.
  func send(_ message: [UInt8]) throws(LinkError) {
    try link.send(message, now: Self.now)
    pump()
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func channelActive(context: ChannelHandlerContext) {
    report(.opened)
    pump()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    trace?.write(.fromDevice, bytes.readableBytesView)
    let now = Self.now
    for byte in bytes.readableBytesView {
      if let event = link.receive(byte, now: now) { report(event) }
    }
    pump()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    pump()
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    self.context = nil
    context.fireChannelInactive()
  }

  // A line that failed once is opened anew: its descriptor may stand for a device that is no longer there.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = failure ?? error
    context.close(promise: nil)
  }

  // Reports what is due and moves bytes from the link to the channel. Reporting may send, and sending pumps: the outer
  // call takes over what the inner one would do.
  private func pump() {
    guard let context, !isPumping else { return }
    isPumping = true
    while let event = link.advance(now: Self.now) { report(event) }
    transmit(context)
    isPumping = false
    schedule(context)
  }

  private func transmit(_ context: ChannelHandlerContext) {
    // A line that does not drain must not fill the memory: its bytes stay in the link, which then gives up by itself.
    while context.channel.isWritable {
      hasMore = true
      guard pacer.delay(now: Self.nowMicroseconds) == 0 else { return }
      let bytes = link.transmit(limitBytes: pacer.chunkBytes, now: Self.now)
      hasMore = !bytes.isEmpty
      guard hasMore else { return }
      pacer.sent(bytes.count, now: Self.nowMicroseconds)
      trace?.write(.toDevice, bytes)
      context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }
  }

  private func schedule(_ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    guard let delay = nextDelay(context) else { return }
    let pump = NIOLoopBound(pump, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: delay) { pump.value() }
  }

  // Until the line takes more bytes, or the link's deadline, whichever comes first.
  private func nextDelay(_ context: ChannelHandlerContext) -> TimeAmount? {
    let line = hasMore ? TimeAmount.microseconds(Int64(max(pacer.delay(now: Self.nowMicroseconds), 1))) : nil
    guard let deadline = link.deadline else { return line }
    let now = Self.now
    // An overdue deadline that pumping could not clear waits for the line to drain; look again soon, not at once.
    let link = TimeAmount.milliseconds(deadline > now ? Int64(min(deadline - now, UInt64(Int32.max))) : 20)
    return min(link, context.channel.isWritable ? line ?? link : link)
  }

  // The monotonic clock that event loops keep.
  private static var nowMicroseconds: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000 }
  private static var now: UInt64 { nowMicroseconds / 1_000 }
}
