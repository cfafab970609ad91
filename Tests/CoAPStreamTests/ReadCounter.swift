import NIOCore
import Synchronization

/// Counts the reads that reach the transport.
final class ReadCounter: Sendable {
  private let total = Atomic<Int>(0)

  var count: Int { self.total.load(ordering: .sequentiallyConsistent) }

  func handler() -> some ChannelHandler {
    Handler(counter: self)
  }

  private final class Handler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    let counter: ReadCounter

    init(counter: ReadCounter) { self.counter = counter }

    func read(context: ChannelHandlerContext) {
      self.counter.total.add(1, ordering: .sequentiallyConsistent)
      context.read()
    }
  }
}
