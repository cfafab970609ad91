import CoAP
import CoAPStream
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import SwiftASN1
import Synchronization
import X509

@testable import Gateway

/// The manager's end: TLS 1.3 on loopback, a connection for every gateway, and an answer to every request.
final class FakeManager: Sendable {
  typealias Answer = @Sendable (CoAPMessage) async -> CoAPMessage

  let port: Int
  private let server: any Channel
  private let connections: AsyncStream<CoAPConnection>
  private let channels = Channels()

  private final class Channels: Sendable {
    let list = Mutex<[any Channel]>([])
  }

  /// The serial number of the certificate that the latest gateway has proven.
  func lastSerialNumber() async -> Certificate.SerialNumber? {
    guard let channel = channels.list.withLock({ $0.last }),
      let certificate = try? await channel.nioSSL_peerCertificate().get()
    else { return nil }
    return try? Certificate(derEncoded: certificate.toDERBytes()).serialNumber
  }

  /// - Parameters:
  ///   - port: 0 lets the system choose.
  ///   - protocols: what it offers by ALPN.
  init(
    _ pki: TestPKI, identity: TestPKI.Identity? = nil, port: Int = 0, protocols: [String] = ["coap"],
    answer: @escaping Answer = { _ in CoAPMessage(code: .changed) }
  ) async throws {
    let context = try Self.context(pki, identity ?? pki.manager(), protocols)
    let (connections, sink) = AsyncStream.makeStream(of: CoAPConnection.self)
    let channels = channels
    server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channels.list.withLock { $0.append(channel) }
        return channel.eventLoop.makeCompletedFuture {
          let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
            channel.eventLoop.makeCompletedFuture {
              guard case .negotiated("coap") = result else { return }
              let connection = try CoAPConnection(addingHandlersTo: channel)
              Task { try? await connection.run(handler: answer) }
              sink.yield(connection)
            }
          }
          try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), negotiation)
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = server.localAddress?.port ?? 0
    self.connections = connections
  }

  /// The next gateway that connects.
  func nextConnection() async -> CoAPConnection? {
    for await connection in connections { return connection }
    return nil
  }

  /// Drops all connections without a word, as a killed process does, and listens no more.
  func kill() async {
    try? await server.close()
    for channel in channels.list.withLock({ $0 }) { try? await channel.close() }
  }

  private static func context(
    _ pki: TestPKI, _ identity: TestPKI.Identity, _ protocols: [String]
  ) throws -> NIOSSLContext {
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try identity.tlsChain.map { .certificate($0) }, privateKey: .privateKey(try identity.tlsKey))
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = protocols
    tls.certificateVerification = .noHostnameVerification
    tls.trustRoots = .certificates([try pki.tlsAnchor])
    tls.shutdownTimeout = .seconds(1)
    return try NIOSSLContext(configuration: tls)
  }
}
