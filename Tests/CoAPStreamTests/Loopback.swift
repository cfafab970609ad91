import CoAPStream
import NIOCore
import NIOPosix

/// Two connections over a real socket on this machine.
enum Loopback {
  /// Listens on a port of the system's choice and hands over the connections that come.
  static func listen(
    configuration: CoAPConnection.Configuration = .init()
  ) async throws -> NIOAsyncChannel<CoAPConnection, Never> {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try CoAPConnection(addingHandlersTo: channel, configuration: configuration)
        }
      }
  }

  static func connect(
    to port: Int, configuration: CoAPConnection.Configuration = .init()
  ) async throws -> CoAPConnection {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try CoAPConnection(addingHandlersTo: channel, configuration: configuration)
        }
      }
  }
}
