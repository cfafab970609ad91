import Foundation

/// Everything the manager must not forget.
///
/// Writing has one door: ``commit(_:by:at:)`` takes one of a closed list of ``Change``s, and each is atomic, durable
/// when the call returns, checked against the transition table, and accompanied by its audit row in the same transaction.
/// A caller that dies or is refused at any moment finds the store before the change or after it, never between.
protocol Store: Sendable {
  /// Makes one change durable.
  ///
  /// - Parameters:
  ///   - actor: who made it happen, for the audit trail.
  ///   - now: the time of the change.
  /// - Returns: the devices' state changes it brought, in order.
  /// - Throws: ``ManagerError`` with code `conflict` when the store is no longer as the change expects it, `notFound`
  ///   when what it changes is not there, `alreadyExists`; any other error means that nothing is known to be written.
  @discardableResult
  func commit(_ change: Change, by actor: Actor, at now: Date) async throws -> [DeviceTransition]

  /// Notes that a known device called, and what it said. A heartbeat is no action: it has no audit row.
  func sight(_ id: DeviceID, _ sighting: Sighting, at now: Date) async throws

  /// Notes that the CA could not be told of a revocation, and when to try again. Nothing has happened then, so that there is no
  /// audit row.
  func delayRevocation(of id: CertificateID, until next: Date, trouble: String, at now: Date) async throws

  func device(_ id: DeviceID) async throws -> Device?
  /// The device whose id is this one but for upper and lower case; nil when there is none, or it is exactly this one.
  func twin(of id: DeviceID) async throws -> DeviceID?
  /// The device of a bootstrap key.
  func device(with thumbprint: Thumbprint) async throws -> Device?
  /// The bootstrap keys whose thumbprints begin so and that are known whole: EDHOC names keys by 8 bytes, and every match
  /// is tried.
  func keys(identifiedBy keyIdentifier: String) async throws -> [DeviceKey]
  /// Where a device has been, the newest place first.
  func routes(of id: DeviceID) async throws -> [RouteRecord]
  /// Devices in the order of their ids.
  func devices(in state: DeviceState?, after cursor: String?, limit: Int) async throws -> Page<Device>
  func count(of state: DeviceState) async throws -> Int
  /// How many devices are in each state; states with none are left out.
  func deviceCounts() async throws -> [DeviceState: Int]
  /// The devices that have work to do: their states want it, and no problem holds them.
  func devicesWantingWork() async throws -> [DeviceID]
  /// The devices whose last route went over this gateway and that have work to do.
  func devicesWantingWork(behind gateway: String) async throws -> [DeviceID]
  /// Active devices whose certificate is to be renewed by now, see ``RenewalRule``.
  func devicesDueForRenewal(at now: Date, limit: Int) async throws -> [DeviceID]
  /// Devices that were let in, called once, and not since: the longest silent first.
  func devices(silentSince time: Date, after cursor: String?, limit: Int) async throws -> Page<Device>
  /// The device with its order and its certificate in force, as of one moment.
  func enrolment(of id: DeviceID) async throws -> EnrolmentRecord?

  /// Whom this key was first seen for.
  func holder(of key: KeyDigest) async throws -> Holder?
  func order(_ id: OrderID) async throws -> Order?
  /// The newest order for this holder and key that was not refused.
  func order(for holder: Holder, key: KeyDigest) async throws -> Order?

  func certificate(_ id: CertificateID) async throws -> CertificateRecord?
  /// Serial number and end of each of these certificates, for a list that shows them: one query for all.
  func terms(of ids: [CertificateID]) async throws -> [CertificateID: CertificateTerm]
  /// The certificate an order ended with.
  func certificate(from order: OrderID) async throws -> CertificateRecord?
  /// The newest certificate in force of a gateway or of the manager itself.
  func activeCertificate(of holder: Holder) async throws -> CertificateRecord?
  /// Certificates with this serial number (by one issuer there is at most one).
  func certificates(serial: String) async throws -> [CertificateRecord]
  /// Certificates, oldest first.
  func certificates(
    of holder: Holder?, in state: CertificateState?, after cursor: String?, limit: Int
  ) async throws -> Page<CertificateRecord>

  func gateway(_ name: String) async throws -> GatewayRecord?
  /// The devices that were ever seen at a gateway.
  func devices(seenAt gateway: String) async throws -> [DeviceID]
  /// Gateways in the order of their names.
  func gateways() async throws -> [GatewayRecord]

  /// What was withdrawn of a holder's certificates, the oldest first.
  func revocations(of holder: Holder) async throws -> [RevocationRecord]
  /// The revocations that the CA is to be told of now.
  func revocationsDue(at now: Date, limit: Int) async throws -> [RevocationRecord]
  /// When the CA is to be told of the next revocation; nil when it knows of all.
  func nextRevocationTry() async throws -> Date?

  /// The CAs whose certificates are in the store, with what is known of their lists.
  func authorityLists() async throws -> [AuthorityListRecord]
  /// Notes what a look at a CA's list came to. Nothing has happened then, so that there is no audit row.
  func note(_ look: AuthorityListRecord.Look, of issuer: String) async throws
  /// Those devices' and gateways' certificates among these serial numbers of an issuer that are not revoked here.
  func unrevoked(_ serials: [String], of issuer: String) async throws -> [String: (CertificateID, Holder)]

  /// The invitation of a one-time code's digest.
  func invitation(_ code: [UInt8]) async throws -> Invitation?

  /// The audit trail, oldest first.
  func audit(after cursor: String?, limit: Int) async throws -> Page<AuditEntry>
}

/// One page of a longer list.
struct Page<Item: Sendable>: Sendable {
  var items: [Item]
  /// What to pass as `after` for the next page; nil when there is none.
  var next: String?
}

/// What a device said when it called, and from where.
struct Sighting: Sendable, Equatable {
  var route: Route
  var model: String
  var firmware: String
  var claim: DeviceClaim

  init(route: Route, model: String, firmware: String, claim: DeviceClaim) {
    self.route = route
    self.model = model
    self.firmware = firmware
    self.claim = claim
  }
}

/// A device with what its enrolment stands on.
struct EnrolmentRecord: Sendable, Equatable {
  var device: Device
  var order: Order?
  var certificate: CertificateRecord?
}

/// One step of one device from state to state.
struct DeviceTransition: Sendable, Equatable {
  var device: DeviceID
  var from: DeviceState?
  var to: DeviceState
  /// The certificate in force after the step.
  var serial: String?
}
