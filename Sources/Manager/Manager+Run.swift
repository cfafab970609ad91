import Edge
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
    do {
      try await serve()
    } catch is CancellationError {
      // Asked to end: that is no error.
    } catch {
      await shutdown()
      throw error
    }
    ledger.events(ManagerEvent(.stopping, at: ledger.clock.now))
    await shutdown()
  }

  /// Both sockets are open before anything else begins: an address that cannot be had is said at once, and by a process
  /// that has done nothing yet.
  private func serve() async throws {
    let gateways = gatewayListener()
    let socket = try await gateways.open()
    let gatewayAddress = socket.channel.localAddress
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await gateways.serve(socket) }
      let (opened, opening) = AsyncStream<SocketAddress>.makeStream()
      group.addTask {
        defer { opening.finish() }
        try await adminListener { opening.yield($0) }.run()
      }
      for await adminAddress in opened {
        let addresses = (admin: adminAddress.text, gateways: gatewayAddress?.text ?? "-")
        tell(.listening, addresses)
        group.addTask {
          await cancelWhenGracefulShutdown {
            await identity.server.ready()
            if identity.server.context != nil { tell(.ready, addresses) }
          }
        }
        group.addTask { try await cancelWhenGracefulShutdown { try await identity.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await engine.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await renew() } }
        group.addTask { await cancelWhenGracefulShutdown { await trust.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await audit.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await lists.run() } }
        group.addTask { try await cancelWhenGracefulShutdown { try await courier.run() } }
        break
      }
      // One after another, so that the first that fails ends the others.
      while try await group.next() != nil {}
    }
  }

  private func tell(_ kind: ManagerEvent.Kind, _ addresses: (admin: String, gateways: String)) {
    var event = ManagerEvent(kind, at: ledger.clock.now)
    event.admin = addresses.admin
    event.gateways = addresses.gateways
    ledger.events(event)
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

  private func adminListener(_ onOpen: @escaping @Sendable (SocketAddress) -> Void) -> AdminListener {
    AdminListener(
      address: configuration.admin, names: configuration.adminNames, authority: admin,
      responder: adminRouter().buildResponder(), clock: ledger.clock, logger: logger,
      onOpen: onOpen)
  }

  private func adminRouter() -> Router<AdminContext> {
    let router = Router(context: AdminContext.self)
    router.add(
      middleware: ProblemMiddleware { [logger] in logger.error("the admin API failed", metadata: ["error": "\($0)"]) })
    let api = router.group("api/v1")
    DeviceController(ledger: ledger, engine: engine, caller: caller, trust: trust, life: life)
      .addRoutes(to: api.group("devices"))
    CertificateController(store: ledger.store).addRoutes(to: api.group("certificates"))
    GatewayController(
      ledger: ledger, desk: identity.desk, connections: connections, network: configuration.network,
      anchors: identity.client.anchors, life: gatewayLife, renewals: gatewayRenewals
    ).addRoutes(to: api.group("gateways"))
    StatusController(
      store: ledger.store, network: configuration.network, identity: identity.registrationAuthority,
      connections: connections
    ).addRoutes(to: api)
    return router
  }

  private func gatewayListener() -> GatewayListener {
    GatewayListener(
      address: configuration.gateways, identity: identity.server, gate: GatewayGate(store: ledger.store),
      connections: connections, engine: engine,
      desk: FrontDesk(
        sessions: sessions,
        desk: DeviceDesk(
          ledger: ledger, engine: engine, limits: CallLimits(perMinute: configuration.newDevicesPerMinute),
          pendingLimit: configuration.pendingLimit, logger: logger, resources: resources),
        bodies: BodyKeeper(clock: ledger.clock), onCall: trust.deviceCalled),
      renewals: gatewayRenewals, ledger: ledger, logger: logger)
  }

  private var gatewayRenewals: GatewayRenewals {
    GatewayRenewals(ledger: ledger, desk: identity.desk, connections: connections, network: configuration.network)
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

extension SocketAddress {
  /// Address and port, as they may be given to a client.
  fileprivate var text: String { ListenAddress(host: ipAddress ?? "", port: port ?? 0).description }
}
