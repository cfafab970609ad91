import Edge
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import PKI
import ServiceLifecycle
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
    let now = configuration.now()
    let gate = RefusalGate()
    let issuer = Issuer(authority: authority, store: store) { error in
      // Whoever asks while a token is away makes it fail again.
      guard gate.opens(for: .keyUnavailable, now: configuration.now()) else { return }
      configuration.onEvent(.trouble(error.reason))
    }
    for sentence in try await authority.troubles(store: store, now: now) { configuration.onEvent(.trouble(sentence)) }
    let status = try await buildStatus(configuration, issuer: issuer, directory: directory)
    let names = ServerNames(host: configuration.host)
    let server = try await issuer.makeOwn(
      .server, commonName: "TEST CA server", dnsNames: names.dnsNames, ipAddresses: names.ipAddresses, now: now)
    let responder = try await issuer.makeOwn(.responder, commonName: "TEST CA responder", now: now)

    let desk = RevocationDesk(lists: status.lists, log: store.log, now: configuration.now)
    let registrar = Registrar(issuer: issuer, desk: desk, now: configuration.now)
    let router = Router(context: CARequestContext.self, options: .autoGenerateHeadEndpoints)
    ESTController(
      registrar: registrar, responder: responder, configuration: configuration,
      faults: FaultDesk(configuration.faults, store: store),
      impostor: try Impostor(authority: authority, store: store, now: now)
    ).addRoutes(to: router)
    let application = Application(
      router: router,
      server: try .tls(
        .http1(configuration: configuration.httpConfiguration),
        configuration: TLS.configuration(server, authority: authority, now: configuration.now)),
      configuration: configuration.application(port: configuration.port),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { configuration.onEvent(.listening(port: port)) }
      },
      logger: .silent)
    return MockCAService(
      services: [status.application, status.keeper, application],
      addresses: [configuration.port, status.port].map {
        HostPort(host: configuration.host, port: $0).description
      }, lock: lock)
  }

  /// What tells certificates' status: fresh lists before the first question.
  private static func buildStatus(
    _ configuration: MockCAConfiguration, issuer: Issuer, directory: CADirectory
  ) async throws -> (lists: CRLShelf, keeper: StatusKeeper, application: any Service, port: Int) {
    let port = configuration.statusPort ?? issuer.authority.settings.port
    let schedule = StatusSchedule()
    let authority = issuer.authority
    let lists = CRLShelf(
      authority, anchorKey: directory.anchorKey, reader: issuer.store.reader, schedule: schedule)
    let signers = try await OCSPDesk.signers(issuer, key: directory.readOCSPKey(), now: configuration.now())
    let ocsp = try OCSPDesk(
      authority, store: issuer.store, signers: signers, schedule: schedule, now: configuration.now,
      onKeyFailure: issuer.onKeyFailure)
    _ = try await lists.refresh(log: issuer.store.log, now: configuration.now())

    let router = Router(context: CARequestContext.self, options: .autoGenerateHeadEndpoints)
    StatusController(authority: authority, lists: lists, ocsp: ocsp, limits: configuration.limits).addRoutes(to: router)
    let application = Application(
      router: router, server: .http1(configuration: configuration.httpConfiguration),
      configuration: configuration.application(port: port),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { configuration.onEvent(.statusListening(port: port)) }
      },
      logger: .silent)
    let keeper = StatusKeeper(
      issuer: issuer, lists: lists, ocsp: ocsp, now: configuration.now, onEvent: configuration.onEvent)
    return (lists, keeper, application, port)
  }
}

extension Logger {
  static var silent: Logger { Logger(label: "muster.ca") { _ in SwiftLogNoOpLogHandler() } }
}

extension MockCAConfiguration {
  fileprivate var httpConfiguration: HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      idleTimeout: TimeAmount(limits.idleTimeout),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerFieldBytes, maxHeaderListSize: 2 * limits.headerFieldBytes,
        maxHeaderFieldCount: 64))
  }

  fileprivate func application(port: Int) -> ApplicationConfiguration {
    ApplicationConfiguration(
      address: .hostname(host, port: port), serverName: nil, backlog: 256, reuseAddress: true,
      availableConnectionsDelegate: MaximumAvailableConnections(limits.connections))
  }
}
