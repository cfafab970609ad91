import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens the socket of the UDP side.
enum UDPListener {
  /// - Parameter receive: called on the event loop with each datagram.
  /// - Throws: `inUse` when another process has the port, `badConfiguration` when the address is none of this machine's or
  ///   the port is not for this user.
  static func listen(
    at address: UDPAddress, maxDatagramBytes: Int, on eventLoop: any EventLoop,
    receive: @escaping @Sendable ([UInt8], SocketAddress) -> Void
  ) async throws(GatewayError) -> any Channel {
    do {
      return try await DatagramBootstrap(group: eventLoop)
        // One byte more than is taken: what is longer is seen to be, and not read as something shorter.
        .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: maxDatagramBytes + 1))
        // Lines get their turn between the datagrams of a flood.
        .channelOption(.maxMessagesPerRead, value: 16)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(UDPHandler(receive: receive))
          }
        }
        .bind(to: address.socketAddress).get()
    } catch {
      throw failure(error, at: address)
    }
  }

  private static func failure(_ error: any Error, at address: UDPAddress) -> GatewayError {
    let reason = "The gateway cannot listen at \(address) (UDP): \(ConnectionFailure.describe(error))."
    if (error as? IOError)?.errnoCode == EADDRINUSE {
      return GatewayError(.inUse, reason, advice: "Stop the other process, or give --udp another port.")
    }
    return GatewayError(.badConfiguration, reason, advice: "Give --udp an address of this machine.")
  }
}
