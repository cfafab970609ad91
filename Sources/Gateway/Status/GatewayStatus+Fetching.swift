import NIOCore
import NIOPosix

extension GatewayStatus {
  /// Asks the gateway that listens at `path`.
  /// - Throws: `notRunning` when none does, `badConfiguration` when the path cannot be one.
  public static func fetch(from path: String) async throws -> GatewayStatus {
    try UnixSocketPath.check(path)
    do {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(5))
        .connect(unixDomainSocketPath: path) { channel in
          channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
          }
        }
      return try await channel.executeThenClose { inbound, _ in
        var bytes: [UInt8] = []
        for try await part in inbound {
          bytes += part.readableBytesView
        }
        return try GatewayStatus(json: bytes)
      }
    } catch {
      throw GatewayError(
        .notRunning, "No gateway answers at \(path): \(ConnectionFailure.describe(error)).",
        advice: "Start one with `muster gateway run`, or give the --status-socket it was started with.")
    }
  }
}
