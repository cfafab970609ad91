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
      let operations = await operationsAddress(in: &group)
      let estAddress = await estAddress(in: &group)
      let adminAddress = await address(in: &group) { try await adminListener($0).run() }
      if let adminAddress, operations != nil || configuration.operations == nil,
        estAddress != nil || configuration.est == nil
      {
        let addresses = Addresses(
          admin: adminAddress.text, gateways: gatewayAddress?.text ?? "-", operations: operations?.text,
          est: estAddress?.text)
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
        group.addTask { await cancelWhenGracefulShutdown { await welcomeAuthority() } }
      }
      // One after another, so that the first that fails ends the others.
      while try await group.next() != nil {}
    }
  }

  /// Where the manager listens, as it is told.
  private struct Addresses {
    let admin: String
    let gateways: String
    let operations: String?
    let est: String?
  }

  /// Has a listener serve.
  ///
  /// - Returns: its address as soon as its socket is open; nil when it ended before.
  private func address(
    in group: inout ThrowingTaskGroup<Void, any Error>,
    of serve: @escaping @Sendable (@escaping @Sendable (SocketAddress) -> Void) async throws -> Void
  ) async -> SocketAddress? {
    let (opened, opening) = AsyncStream<SocketAddress>.makeStream()
    group.addTask {
      defer { opening.finish() }
      try await serve { opening.yield($0) }
    }
    return await opened.first { _ in true }
  }

  private func operationsAddress(in group: inout ThrowingTaskGroup<Void, any Error>) async -> SocketAddress? {
    guard let operations = configuration.operations else { return nil }
    return await address(in: &group) { try await operationsListener(operations, $0).run() }
  }

  private func estAddress(in group: inout ThrowingTaskGroup<Void, any Error>) async -> SocketAddress? {
    guard let est = configuration.est else { return nil }
    return await address(in: &group) { try await estListener(est, $0).run() }
  }

  private func estListener(
    _ address: ListenAddress, _ onOpen: @escaping @Sendable (SocketAddress) -> Void
  ) -> ESTListener {
    let router = Router(context: ESTContext.self, options: .autoGenerateHeadEndpoints)
    let (server, anchors, own) = (identity.server, identity.client.anchors, ownAuthority)
    ESTController(
      desk: est, certificates: { anchors + server.issuers + (own.map { [$0.certificate] } ?? []) }, logger: logger
    ).addRoutes(to: router)
    return ESTListener(
      address: address, identity: server, responder: router.buildResponder(), store: ledger.store, logger: logger,
      onOpen: onOpen)
  }

  /// Whoever waits for a CA that did not answer goes on as soon as it does.
  private func welcomeAuthority() async {
    for await _ in breaker.returns {
      await engine.authorityReturned()
      courier.wake()
    }
  }

  private func tell(_ kind: ManagerEvent.Kind, _ addresses: Addresses) {
    var event = ManagerEvent(kind, at: ledger.clock.now)
    event.admin = addresses.admin
    event.gateways = addresses.gateways
    event.operations = addresses.operations
    event.est = addresses.est
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
    router.add(middleware: AdminMeasuring(meter: meter))
    router.add(
      middleware: ProblemMiddleware { [logger] error, request in
        logger.error("the admin API failed", metadata: ["error": "\(error)", "request": "\(request)"])
      })
    let api = router.group("api/v1")
    DeviceController(
      ledger: ledger, engine: engine, caller: caller, trust: trust, life: life,
      profiles: est.profiles
    )
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

  private func operationsListener(
    _ address: ListenAddress, _ onOpen: @escaping @Sendable (SocketAddress) -> Void
  ) -> OperationsListener {
    OperationsListener(
      address: address,
      readiness: ReadinessDesk(
        ledger: ledger, server: identity.server, registrationAuthority: identity.registrationAuthority,
        breaker: breaker),
      metrics: ManagerMetrics(
        ledger: ledger, meter: meter, breaker: breaker, connections: connections, sessions: sessions,
        registrationAuthority: identity.registrationAuthority, startedAt: startedAt),
      logger: logger, onOpen: onOpen)
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
      renewals: gatewayRenewals, ledger: ledger, logger: logger, addresses: AddressLimit(gatewaysPerAddress))
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
