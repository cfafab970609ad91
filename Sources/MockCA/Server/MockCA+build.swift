import Durability
import Edge
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import PKI
import X509

extension MockCA {
  /// Builds the server from its directory, which this process then holds.
  ///
  /// - Parameter configuration: how to run.
  /// - Returns: a service; `run()` it in a `ServiceGroup`.
  /// - Throws: ``MockCAError``, `PKIError`.
  public static func build(_ configuration: MockCAConfiguration) async throws -> MockCAService {
    let directory = CADirectory(configuration.directory)
    let authority = try directory.readAuthority()
    let lock = try directory.lock()
    let store = Store(try directory.openDatabase())
    let issuer = Issuer(authority: authority, store: store)
    return try await build(configuration, issuer: issuer, lock: lock)
  }

  static func build(
    _ configuration: MockCAConfiguration, issuer: Issuer, lock: FileLock?
  ) async throws -> MockCAService {
    let now = configuration.now()
    let names = ServerNames(host: configuration.host)
    let server = try await issuer.makeOwn(
      .server, commonName: "TEST CA server", dnsNames: names.dnsNames, ipAddresses: names.ipAddresses, now: now)
    let responder = try await issuer.makeOwn(.responder, commonName: "TEST CA responder", now: now)

    let registrar = Registrar(issuer: issuer, now: configuration.now)
    let router = Router(context: CARequestContext.self, options: .autoGenerateHeadEndpoints)
    ESTController(registrar: registrar, responder: responder, configuration: configuration).addRoutes(to: router)
    let application = Application(
      router: router,
      server: try .tls(
        .http1(configuration: configuration.httpConfiguration),
        tlsConfiguration: TLS.configuration(server, issuing: issuer.authority.issuing)),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: nil, backlog: 256,
        reuseAddress: true, availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connections)),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { configuration.onEvent(.listening(port: port)) }
      },
      logger: Logger(label: "muster.ca") { _ in SwiftLogNoOpLogHandler() })
    return MockCAService(
      application: application, address: HostPort(host: configuration.host, port: configuration.port).description,
      lock: lock)
  }
}

extension MockCAConfiguration {
  fileprivate var httpConfiguration: HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      idleTimeout: TimeAmount(limits.idleTimeout),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerFieldBytes, maxHeaderListSize: 2 * limits.headerFieldBytes,
        maxHeaderFieldCount: 64))
  }
}
