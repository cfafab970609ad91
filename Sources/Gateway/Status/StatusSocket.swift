import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Serves the gateway's status: a Unix socket, its owner's only, that gives every connection one JSON object and closes.
enum StatusSocket {
  /// Listens at `path`, taking the place of a socket whose gateway is gone.
  /// - Parameter status: called on the event loop for each connection.
  /// - Throws: `inUse` when another gateway answers there, `cannotWrite`, or `badConfiguration`.
  static func listen(
    at path: String, on eventLoop: any EventLoop, status: @escaping @Sendable () -> String
  ) async throws -> any Channel {
    try UnixSocketPath.check(path)
    try clear(path)
    let descriptor = try bind(path)
    return try await ServerBootstrap(group: eventLoop)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(StatusHandler(status: status))
        }
      }
      .withBoundSocket(descriptor)
      .get()
  }

  /// Removes the socket of a gateway that ends.
  static func remove(_ path: String) {
    unlink(path)
  }

  // A gateway that was killed leaves its socket behind. One that still listens answers a connection.
  private static func clear(_ path: String) throws(GatewayError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw GatewayError(
        .cannotWrite, "\(path) exists and is no socket.", advice: "Give --status-socket another path.")
    }
    let descriptor = try makeSocket()
    defer { close(descriptor) }
    if withAddress(path, { connect(descriptor, $0, $1) }) == 0 {
      throw GatewayError(
        .inUse, "A gateway is running at \(path).", advice: "Stop it, or give --status-socket another path.")
    }
    unlink(path)
  }

  private static func bind(_ path: String) throws(GatewayError) -> CInt {
    let descriptor = try makeSocket()
    // Before bind, so that there is no moment in which others could connect: Linux gives the file the socket's mode.
    fchmod(descriptor, 0o600)
    guard withAddress(path, { systemBind(descriptor, $0, $1) }) == 0, chmod(path, 0o600) == 0,
      systemListen(descriptor, 8) == 0
    else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw GatewayError(
        .cannotWrite, "The status socket \(path) cannot be made: \(reason).",
        advice: "Give --status-socket a path in a directory that exists and is writable.")
    }
    return descriptor
  }

  private static func makeSocket() throws(GatewayError) -> CInt {
    #if os(Linux)
      let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else {
      throw GatewayError(.cannotWrite, "No descriptor is left for a socket.", advice: "Raise the limit (ulimit -n).")
    }
    return descriptor
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }  // zeroed, and checked to fit
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}

// Inside the type its own names hide these.
private func systemBind(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> CInt {
  bind(descriptor, address, length)
}

private func systemListen(_ descriptor: CInt, _ backlog: CInt) -> CInt {
  listen(descriptor, backlog)
}

/// Writes one status and closes.
private final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let status: @Sendable () -> String

  init(status: @escaping @Sendable () -> String) {
    self.status = status
  }

  func channelActive(context: ChannelHandlerContext) {
    let bytes = context.channel.allocator.buffer(string: status() + "\n")
    context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
