import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens a line as a channel of one event loop.
enum LineOpener {
  /// - Parameter initialise: puts the handlers in place before the first byte is read.
  /// - Returns: the open channel; fails with a ``GatewayError`` or, for a socket, with NIO's error.
  static func open(
    _ specification: LineSpecification, on eventLoop: any EventLoop,
    initialise: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) -> EventLoopFuture<any Channel> {
    switch specification {
    case .terminal(let path, let baud):
      return eventLoop.makeFutureWithTask { try SerialPort.open(path: path, baud: baud) }
        .flatMap { adopt($0, on: eventLoop, initialise: initialise) }
    case .unixSocket(let path):
      return eventLoop.makeFutureWithTask { try SocketHolder.check(path) }
        .flatMap { connect(path, on: eventLoop, initialise: initialise) }
    }
  }

  private static func connect(
    _ path: String, on eventLoop: any EventLoop, initialise: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) -> EventLoopFuture<any Channel> {
    ClientBootstrap(group: eventLoop)
      .channelOption(.writeBufferWaterMark, value: waterMark)
      .channelOption(.recvAllocator, value: share)
      .channelOption(.maxMessagesPerRead, value: 1)
      .connectTimeout(.seconds(5))
      .channelInitializer(initialise)
      .connect(unixDomainSocketPath: path)
  }

  // What waits here is already on its way as the link sees it, and ages: keep it short.
  private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 512, high: 2_048)

  // A line that spews gets its turn like any other: so many bytes, then the next line's.
  private static let share = FixedSizeRecvByteBufferAllocator(capacity: 1_024)

  // NIO wants two descriptors. Once it made the channel it owns both, also when it then fails: nothing to close here.
  private static func adopt(
    _ descriptor: CInt, on eventLoop: any EventLoop,
    initialise: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) -> EventLoopFuture<any Channel> {
    let output = dup(descriptor)
    guard output >= 0 else {
      close(descriptor)
      return eventLoop.makeFailedFuture(
        GatewayError(.lineUnavailable, "No descriptor is left for a line.", advice: "Raise the limit (ulimit -n)."))
    }
    return NIOPipeBootstrap(group: eventLoop)
      .channelOption(.writeBufferWaterMark, value: waterMark)
      .channelOption(.recvAllocator, value: share)
      .channelOption(.maxMessagesPerRead, value: 1)
      .channelInitializer(initialise)
      .takingOwnershipOfDescriptors(input: descriptor, output: output)
  }
}
