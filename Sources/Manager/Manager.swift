import Durability
import Foundation
public import Logging
import PKI
public import ServiceLifecycle
import X509

/// The Certificate Manager: registration authority, inventory and enrolment of a network's devices.
///
///     let manager = try Manager(configuration: configuration) { print($0.line) }
///     try await manager.runUntilSignalled()
///
/// Three trust contexts stay apart: administrators (own admin CA), gateways (the network's CA and the gateways table), and
/// towards the CA the anchor given at `init`.
public struct Manager: Service {
  let configuration: ManagerConfiguration
  let ledger: Ledger
  let engine: EnrolmentEngine
  let identity: OwnIdentity
  let connections: GatewayConnections
  let admin: AdminAuthority
  let sessions: SessionKeeper
  let caller: DeviceCaller
  let trust: TrustKeeper
  let courier: RevocationCourier
  let life: LifeDesk
  let gatewayLife: GatewayLifeDesk
  let lists: ListKeeper
  let est: ESTDesk
  let ownAuthority: SubAuthority?
  private let listClient: ListClient
  let audit: AuditKeeper
  let meter: ManagerMeter
  let breaker: CircuitBreaker
  let startedAt: Date
  let logger: Logger
  /// See ``DeviceDesk/resources``.
  var resources: [[String]: DeviceResource] = [:]
  /// The most gateways from one address: a plant's may share one behind its router.
  var gatewaysPerAddress = 256
  private let database: SQLiteStore
  private let lock: FileLock

  /// Opens the folder: configuration's files, then database and admin CA, which are made at the first start. Nothing listens
  /// yet.
  ///
  /// - Parameters:
  ///   - clock: the time; tests bring their own.
  ///   - events: told of everything that happens, see ``ManagerEvent``.
  /// - Throws: ``ManagerError`` saying what is wrong. What was given wrongly (anchor, keys, descriptor) is found before database
  ///   and admin CA are touched.
  public init(
    configuration: ManagerConfiguration, clock: any ManagerClock = SystemClock(), logger: Logger = .silent,
    events: @escaping EventSink = { _ in }
  ) throws {
    try self.init(configuration: configuration, clock: clock, logger: logger, events: events) { $0 }
  }

  /// - Parameter wrap: puts something in front of the store; tests let it fail.
  init(
    configuration: ManagerConfiguration, clock: any ManagerClock, logger: Logger, events: @escaping EventSink,
    wrap: (SQLiteStore) -> any Store
  ) throws {
    self.configuration = configuration
    self.logger = logger
    startedAt = clock.now
    let meter = ManagerMeter()
    self.meter = meter
    let breaker = CircuitBreaker()
    self.breaker = breaker
    let events: EventSink = { event in
      meter.events.add(event.event)
      events(event)
    }
    do {
      lock = try configuration.folder.lock()
      try configuration.folder.create()
      try configuration.folder.checkKeys()
      let anchors = try Certificate.readPEM(configuration.authorityAnchor)
      let keys = try ManagerKeys.open(configuration.folder)
      let descriptor = try configuration.trustDescriptor.map {
        try TrustDescriptorFile(path: $0, network: configuration.network, keys: keys)
      }
      let own =
        configuration.connector == .local ? try SubAuthority(configuration, anchors: anchors, now: clock.now) : nil
      let profiles = try EnrolmentProfiles(files: configuration.profileFiles, connector: configuration.connector)
      let policy = configuration.enrolmentPolicy(profiles)
      database = try SQLiteStore(path: configuration.folder.database)
      admin = try AdminAuthority.open(configuration.folder, network: configuration.network, now: clock.now)
      let client = try AuthorityClient(
        url: configuration.authorityURL, anchors: anchors, breaker: breaker, meter: meter)
      let registrationAuthority = RegistrationAuthorityIdentity()
      let network = FullCMCConnector(client: client, identity: registrationAuthority, clock: clock)
      let connector: any CertificateAuthority =
        own.map { LocalConnector(authority: $0, others: network, clock: clock) } ?? network
      ownAuthority = own
      connections = GatewayConnections()
      ledger = Ledger(store: wrap(database), clock: clock, events: events)
      sessions = SessionKeeper(store: ledger.store, keys: keys, clock: clock)
      let transport = SessionTransport(lines: connections, sessions: sessions)
      caller = DeviceCaller(transport: transport, policy: policy)
      trust = TrustKeeper(
        descriptor: descriptor, ledger: ledger, sessions: sessions, transport: transport, logger: logger)
      audit = AuditKeeper(
        database: database, file: configuration.folder.auditCheckpoint, network: configuration.network,
        identity: registrationAuthority, clock: clock, events: events, logger: logger)
      let engine = EnrolmentEngine(
        ledger: ledger, authority: connector,
        devices: caller,
        policy: policy, logger: logger)
      self.engine = engine
      let courier = RevocationCourier(
        ledger: ledger,
        teller: CMCTeller(
          client: client, identity: registrationAuthority, clock: clock,
          ownIssuer: own.map { "\($0.certificate.subject)" }),
        logger: logger)
      self.courier = courier
      life = LifeDesk(ledger: ledger, sessions: sessions, engine: engine, onRevocation: courier.wake)
      gatewayLife = GatewayLifeDesk(ledger: ledger, connections: connections, onRevocation: courier.wake)
      let listClient = ListClient()
      self.listClient = listClient
      lists = ListKeeper(
        ledger: ledger, anchors: anchors, interval: .seconds(configuration.statusIntervalSeconds), life: life,
        gateways: gatewayLife, logger: logger, fetch: { try await listClient.fetch($0) })
      let orders = OrderDesk(ledger: ledger, authority: connector)
      est = ESTDesk(
        ledger: ledger, orders: orders, profiles: profiles, policy: policy,
        limits: CallLimits(perMinute: configuration.newDevicesPerMinute), pendingLimit: configuration.pendingLimit)
      identity = OwnIdentity(
        configuration: configuration, ledger: ledger, client: client,
        desk: orders, registrationAuthority: registrationAuthority,
        server: ServerIdentity(), logger: logger,
        onReturn: {
          await engine.authorityReturned()
          courier.wake()
        })
    } catch let error as PKIError {
      throw ManagerError(error)
    }
  }

  /// Releases what `run` does not: to be called when the manager is not needed any more.
  func shutdown() async {
    // Not a part of the task that was cancelled: the last entries are signed too.
    await Task { await audit.sign() }.value
    try? await identity.client.shutdown()
    try? await listClient.shutdown()
    try? database.close()
  }
}

extension Manager: CustomStringConvertible, CustomDebugStringConvertible {
  /// Which manager it is. ServiceLifecycle writes services into its log: without this, with everything they hold.
  public var description: String { "the manager of network \(configuration.network)" }
  /// The same.
  public var debugDescription: String { description }
}

extension Logger {
  /// A logger that says nothing.
  public static var silent: Logger { Logger(label: "muster.manager") { _ in SwiftLogNoOpLogHandler() } }
}
