import Foundation
import Synchronization

@testable import Manager

/// A store whose n-th write fails: before it happens, or after it, when only the answer is lost.
final class FailingStore: Store {
  enum Moment: CaseIterable { case before, after }
  struct PowerCut: Error {}

  private let base: any Store
  private let failing: Int
  private let moment: Moment
  private let writes = Mutex(0)
  private let readCount = Mutex(0)
  private let looks = Mutex(0)
  private let hook = Mutex<(@Sendable () async throws -> Void)?>(nil)

  init(_ base: any Store, failing: Int = .max, _ moment: Moment = .before) {
    self.base = base
    self.failing = failing
    self.moment = moment
  }

  private let armed = Mutex<Int?>(nil)

  /// Has the n-th write from now on fail.
  func arm(_ number: Int) {
    let done = writes.withLock { $0 }
    armed.withLock { $0 = done + number }
  }

  /// Whether the write that ``arm(_:)`` named has come.
  var hasArmedFailure: Bool {
    guard let number = armed.withLock({ $0 }) else { return false }
    return writes.withLock { $0 >= number }
  }

  /// How often one row or more of devices, certificates or enrolments were asked for.
  var reads: Int { readCount.withLock { $0 } }

  /// How often it was asked when the CA is to be told of a revocation.
  var looksForRevocations: Int { looks.withLock { $0 } }

  private let deviceHook = Mutex<(@Sendable () async throws -> Void)?>(nil)

  /// Has something happen once, right after the next look for a device by its key.
  func afterKeyRead(_ body: @escaping @Sendable () async throws -> Void) { deviceHook.withLock { $0 = body } }

  /// Has something happen once, right after the next look at a gateway.
  func afterGatewayRead(_ body: @escaping @Sendable () async throws -> Void) { hook.withLock { $0 = body } }

  private func read<Value>(_ body: () async throws -> Value) async throws -> Value {
    readCount.withLock { $0 += 1 }
    return try await body()
  }

  var hasFailed: Bool { writes.withLock { $0 >= failing } }

  private func write<Value>(_ body: () async throws -> Value) async throws -> Value {
    let number = writes.withLock { count in
      count += 1
      return count
    }
    let failing = armed.withLock { $0 } ?? failing
    if number == failing, moment == .before { throw PowerCut() }
    let value = try await body()
    if number == failing { throw PowerCut() }
    return value
  }

  func invitation(_ code: [UInt8]) async throws -> Invitation? { try await read { try await base.invitation(code) } }
  func commit(_ change: Change, by actor: Actor, at now: Date) async throws -> [DeviceTransition] {
    try await write { try await base.commit(change, by: actor, at: now) }
  }
  func sight(_ id: DeviceID, _ sighting: Sighting, at now: Date) async throws {
    try await write { try await base.sight(id, sighting, at: now) }
  }

  func delayRevocation(of id: CertificateID, until next: Date, trouble: String, at now: Date) async throws {
    try await write { try await base.delayRevocation(of: id, until: next, trouble: trouble, at: now) }
  }

  func device(_ id: DeviceID) async throws -> Device? { try await read { try await base.device(id) } }
  func device(with thumbprint: Thumbprint) async throws -> Device? {
    let device = try await read { try await base.device(with: thumbprint) }
    let hook = deviceHook.withLock { hook in
      defer { hook = nil }
      return hook
    }
    try await hook?()
    return device
  }
  func keys(identifiedBy keyIdentifier: String) async throws -> [DeviceKey] {
    try await base.keys(identifiedBy: keyIdentifier)
  }
  func routes(of id: DeviceID) async throws -> [RouteRecord] { try await base.routes(of: id) }
  func twin(of id: DeviceID) async throws -> DeviceID? { try await base.twin(of: id) }
  func devices(in state: DeviceState?, after cursor: String?, limit: Int) async throws -> Page<Device> {
    try await base.devices(in: state, after: cursor, limit: limit)
  }
  func count(of state: DeviceState) async throws -> Int { try await base.count(of: state) }
  func deviceCounts() async throws -> [DeviceState: Int] { try await base.deviceCounts() }
  func devicesWantingWork() async throws -> [DeviceID] { try await base.devicesWantingWork() }
  func devicesWantingWork(behind gateway: String) async throws -> [DeviceID] {
    try await base.devicesWantingWork(behind: gateway)
  }
  func devicesDueForRenewal(at now: Date, limit: Int) async throws -> [DeviceID] {
    try await base.devicesDueForRenewal(at: now, limit: limit)
  }
  func devices(silentSince time: Date, after cursor: String?, limit: Int) async throws -> Page<Device> {
    try await base.devices(silentSince: time, after: cursor, limit: limit)
  }
  func devices(seenAt gateway: String) async throws -> [DeviceID] { try await base.devices(seenAt: gateway) }
  func authorityLists() async throws -> [AuthorityListRecord] { try await base.authorityLists() }
  func note(_ look: AuthorityListRecord.Look, of issuer: String) async throws {
    try await write { try await base.note(look, of: issuer) }
  }
  func unrevoked(_ serials: [String], of issuer: String) async throws -> [String: (CertificateID, Holder)] {
    try await base.unrevoked(serials, of: issuer)
  }
  func enrolment(of id: DeviceID) async throws -> EnrolmentRecord? {
    try await read { try await base.enrolment(of: id) }
  }
  func holder(of key: KeyDigest) async throws -> Holder? { try await base.holder(of: key) }
  func order(_ id: OrderID) async throws -> Order? { try await base.order(id) }
  func order(for holder: Holder, key: KeyDigest) async throws -> Order? { try await base.order(for: holder, key: key) }
  func certificate(_ id: CertificateID) async throws -> CertificateRecord? {
    try await read { try await base.certificate(id) }
  }
  func terms(of ids: [CertificateID]) async throws -> [CertificateID: CertificateTerm] {
    try await read { try await base.terms(of: ids) }
  }
  func certificate(from order: OrderID) async throws -> CertificateRecord? { try await base.certificate(from: order) }
  func activeCertificate(of holder: Holder) async throws -> CertificateRecord? {
    try await base.activeCertificate(of: holder)
  }
  func certificates(serial: String) async throws -> [CertificateRecord] { try await base.certificates(serial: serial) }
  func certificates(
    of holder: Holder?, in state: CertificateState?, after cursor: String?, limit: Int
  ) async throws -> Page<CertificateRecord> {
    try await base.certificates(of: holder, in: state, after: cursor, limit: limit)
  }
  func gateway(_ name: String) async throws -> GatewayRecord? {
    let gateway = try await base.gateway(name)
    let hook = hook.withLock { hook in
      defer { hook = nil }
      return hook
    }
    try await hook?()
    return gateway
  }
  func revocations(of holder: Holder) async throws -> [RevocationRecord] { try await base.revocations(of: holder) }
  func revocationsDue(at now: Date, limit: Int) async throws -> [RevocationRecord] {
    try await base.revocationsDue(at: now, limit: limit)
  }
  func nextRevocationTry() async throws -> Date? {
    looks.withLock { $0 += 1 }
    return try await base.nextRevocationTry()
  }
  func gateways() async throws -> [GatewayRecord] { try await base.gateways() }
  func audit(after cursor: String?, limit: Int) async throws -> Page<AuditEntry> {
    try await base.audit(after: cursor, limit: limit)
  }
}
