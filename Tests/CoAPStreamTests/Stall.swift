import NIOCore
import Synchronization

/// A transport whose peer does not read: it counts the reads that reach it and holds back every write until released.
final class Stall: Sendable {
  private let total = Atomic<Int>(0)
  private let held = Mutex<[EventLoopPromise<Void>]>([])

  var reads: Int { self.total.load(ordering: .sequentiallyConsistent) }

  var writes: Int { self.held.withLock { $0.count } }

  func handler() -> some ChannelHandler {
    Handler(stall: self)
  }

  /// Lets every write so far succeed; the bytes are gone.
  func release() {
    for promise in self.held.withLock({ $0 }) { promise.succeed() }
  }

  private final class Handler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    let stall: Stall

    init(stall: Stall) { self.stall = stall }

    func read(context: ChannelHandlerContext) {
      self.stall.total.add(1, ordering: .sequentiallyConsistent)
      context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard let promise else { return }
      self.stall.held.withLock { $0.append(promise) }
    }
  }
}
