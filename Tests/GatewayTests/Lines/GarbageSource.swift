import NIOCore
import NIOPosix
import TestKit

/// The end of a line that spews bytes by chance as fast as they are taken.
final class GarbageSource: Sendable {
  private let server: any Channel

  init(at path: String, seed: UInt64) async throws {
    server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(SpewingHandler(SplitMix(seed: seed)))
        }
      }
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
  }

  func stop() async {
    try? await server.close()
  }
}

private final class SpewingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var generator: SplitMix

  init(_ generator: SplitMix) {
    self.generator = generator
  }

  func channelActive(context: ChannelHandlerContext) {
    spew(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  // 4 KiB a millisecond: hundreds of times what a serial line carries, yet the test's other line gets its turn.
  private func spew(_ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    let bytes = (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &generator) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { self.spew(context) }
  }
}
