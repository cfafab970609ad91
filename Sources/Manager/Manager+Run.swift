import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

extension Manager {
  /// Works until graceful shutdown or cancellation: listens, enrols, renews. To be called once.
  ///
  /// - Throws: ``ManagerError`` when it cannot listen; otherwise only errors that make going on pointless.
  public func run() async throws {
    let openings = Openings { admin, gateways in
      var event = ManagerEvent(.ready, at: ledger.clock.now)
      event.admin = admin
      event.gateways = gateways
      ledger.events(event)
    }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await adminListener(openings).run() }
        group.addTask { try await gatewayListener(openings).run() }
        group.addTask { try await cancelWhenGracefulShutdown { try await identity.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await engine.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await renew() } }
        // One after another, so that the first that fails ends the others.
        while try await group.next() != nil {}
      }
    } catch is CancellationError {
      // Asked to end: that is no error.
    } catch {
      await shutdown()
      throw error
    }
    ledger.events(ManagerEvent(.stopping, at: ledger.clock.now))
    await shutdown()
  }

  /// As ``run()``, and SIGTERM and SIGINT end it in good order.
  public func runUntilSignalled() async throws {
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    // Whatever is not done then is done after the next start.
    configuration.maximumGracefulShutdownDuration = .seconds(10)
    try await ServiceGroup(configuration: configuration).run()
  }

  private func adminListener(_ openings: Openings) -> AdminListener {
    AdminListener(
      address: configuration.admin, names: configuration.adminNames, authority: admin,
      responder: adminRouter().buildResponder(), clock: ledger.clock, logger: logger
    ) { await openings.opened(admin: $0.text) }
  }

  private func adminRouter() -> Router<AdminContext> {
    let router = Router(context: AdminContext.self)
    router.add(
      middleware: ProblemMiddleware { [logger] in logger.error("the admin API failed", metadata: ["error": "\($0)"]) })
    let api = router.group("api/v1")
    DeviceController(ledger: ledger, engine: engine).addRoutes(to: api.group("devices"))
    CertificateController(store: ledger.store).addRoutes(to: api.group("certificates"))
    GatewayController(
      ledger: ledger, desk: identity.desk, connections: connections, network: configuration.network,
      anchors: identity.client.anchors
    ).addRoutes(to: api.group("gateways"))
    StatusController(
      store: ledger.store, network: configuration.network, identity: identity.registrationAuthority,
      connections: connections
    ).addRoutes(to: api)
    return router
  }

  private func gatewayListener(_ openings: Openings) -> GatewayListener {
    GatewayListener(
      address: configuration.gateways, identity: identity.server, gate: GatewayGate(store: ledger.store),
      connections: connections, engine: engine,
      desk: DeviceDesk(
        ledger: ledger, engine: engine, limiter: RateLimiter(perMinute: configuration.newDevicesPerMinute),
        pendingLimit: configuration.pendingLimit, logger: logger),
      ledger: ledger, logger: logger
    ) { await openings.opened(gateways: $0.text) }
  }

  /// Looks every minute for certificates whose time has come; a hundred at once, so that a day's production does not renew
  /// in one minute.
  private func renew() async throws {
    while true {
      try await ledger.clock.sleep(for: .seconds(60))
      do {
        try await engine.renewDue(limit: 100)
      } catch let error where !(error is CancellationError) {
        logger.error("looking for renewals failed", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Which listeners are open; tells once when both are.
private actor Openings {
  private var admin: String?
  private var gateways: String?
  private let ready: @Sendable (_ admin: String, _ gateways: String) -> Void

  init(ready: @escaping @Sendable (_ admin: String, _ gateways: String) -> Void) { self.ready = ready }

  func opened(admin: String? = nil, gateways: String? = nil) {
    if let admin { self.admin = admin }
    if let gateways { self.gateways = gateways }
    if let admin = self.admin, let gateways = self.gateways { ready(admin, gateways) }
  }
}

extension SocketAddress {
  fileprivate var text: String { ListenAddress(host: ipAddress ?? "", port: port ?? 0).description }
}
