import Foundation
import ManagerBench
import PKI
import Synchronization
import Testing
import X509

@testable import Manager

@Suite("What the CA revoked is revoked here")
struct ListKeeperTests: SessionSuite {
  let bench: SessionBench
  private let lists = Lists()
  private let url = "http://ca.test/1.crl"

  final class Lists: Sendable {
    let state = Mutex<(bytes: [UInt8]?, fetched: [String])>((nil, []))
  }

  init() throws { bench = try SessionBench(scripted: "D1") }

  private func keeper() -> ListKeeper {
    let life = LifeDesk(ledger: ledger, sessions: desk.sessions, engine: rig.engine(ledger))
    let lists = lists
    return ListKeeper(
      ledger: ledger, anchors: [rig.authority.anchor], interval: .seconds(3600), life: life,
      gateways: GatewayLifeDesk(ledger: ledger, connections: GatewayConnections()), logger: .silent
    ) { url in
      try lists.state.withLock { state in
        state.fetched.append(url)
        guard let bytes = state.bytes else { throw ManagerError(.unreachable, "nobody listens there") }
        return bytes
      }
    }
  }

  private func serve(_ bytes: [UInt8]?) { lists.state.withLock { $0.bytes = bytes } }

  /// Leads the device to its certificate and into a session.
  private func enrol() async throws -> CertificateRecord {
    rig.authority.nameList(at: url)
    try await ledger.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .administrator("admin"))
    #expect(try await desk.begin(device).code == .changed)
    let life = try Life(rig)
    try await life.run { life in try await life.pursue() }
    let id = try #require(try await store.device(device.inner.id)?.certificateID)
    return try #require(try await store.certificate(id))
  }

  private func record() async throws -> AuthorityListRecord {
    try #require(try await store.authorityLists().first)
  }

  private func entry(_ record: CertificateRecord, _ reason: RevocationReason = .keyCompromise) throws
    -> (serial: [UInt8], reason: RevocationReason)
  {
    (Array(try Certificate(derEncoded: record.der).serialNumber.bytes), reason)
  }

  @Test("A certificate on the CA's list: the device is revoked within the interval, audited, its session closed")
  func revoked() async throws {
    let certificate = try await enrol()
    let keeper = keeper()
    serve(try rig.authority.list(1, [], at: rig.clock.now))
    let clock = rig.clock
    let task = Task { try await keeper.run() }
    try await eventually("the first look") { try await self.record().number == "01" }
    #expect(lists.state.withLock { $0.fetched } == [url])
    serve(try rig.authority.list(2, [try entry(certificate)], at: clock.now))
    try await eventually("it sleeps") { clock.sleeperCount > 0 }
    #expect(try await store.device(device.inner.id)?.state == .active)
    clock.advance(by: .seconds(3599))
    #expect(try await store.device(device.inner.id)?.state == .active)
    serve(try rig.authority.list(2, [try entry(certificate)], at: clock.now))
    clock.advance(by: .seconds(1))
    try await eventually("revoked") { try await self.store.device(self.device.inner.id)?.state == .revoked }
    try await eventually("the session is closed") { await self.desk.sessions.sessionCount == 0 }
    task.cancel()
    let rows = try await store.audit(after: nil, limit: 500).items.filter { $0.actor == "ca" }
    #expect(rows.map(\.action) == ["certificate-revoked"])
    #expect(rows.first?.detail["reason"] == "keyCompromise")
    let revocations = try await store.revocations(of: .device(device.inner.id))
    #expect(revocations.map(\.source) == [.authority] && revocations.map(\.nextTryAt) == [nil])
  }

  @Test("A list that is not believed changes nothing, for its own reason; the one in force stands")
  func unbelievable() async throws {
    let certificate = try await enrol()
    let keeper = keeper()
    let now = rig.clock.now
    serve(try rig.authority.list(5, [], at: now))
    try await keeper.check()
    let revoked = [try entry(certificate)]
    let good = try rig.authority.list(6, revoked, at: now)
    let cases: [(String, [UInt8]?)] = [
      ("nobody listens", nil), ("(malformed)", Array(good.dropLast())), ("(malformed)", []),
      ("(signature-wrong)", try rig.authority.list(6, revoked, at: now, key: SigningKey())),
      ("(stale)", try rig.authority.list(6, revoked, at: now - 7200)),
      ("(not-yet-valid)", try rig.authority.list(6, revoked, at: now + 301)),
      ("(number-backwards)", try rig.authority.list(4, revoked, at: now)),
      ("(issuer-wrong)", try TestAuthority(now: now).foreignList(of: 6, revoked, at: now)),
    ]
    for (index, (reason, bytes)) in cases.enumerated() {
      serve(bytes)
      try await keeper.check()
      let record = try await record()
      #expect(record.trouble?.contains(reason) == true, "\(reason): \(record.trouble ?? "-")")
      #expect(record.missed == index + 1 && record.number == "05")
      #expect(try await store.device(device.inner.id)?.state == .active)
    }
    serve(good)
    try await keeper.check()
    #expect(try await record().missed == 0)
    #expect(try await record().trouble == nil)
    #expect(try await store.device(device.inner.id)?.state == .revoked)
  }

  @Test("A CA that cannot be reached: nobody is cut off, and after three looks in vain there is one warning")
  func unreachable() async throws {
    _ = try await enrol()
    let keeper = keeper()
    let before = rig.warnings.withLock { $0 }
    for _ in 0..<5 { try await keeper.check() }
    #expect(try await record().missed == 5)
    #expect(rig.warnings.withLock { $0 } - before == 1)
    #expect(try await store.device(device.inner.id)?.state == .active)
    #expect(await desk.sessions.sessionCount == 1)
  }

  @Test("A former certificate on the list, for another key: it is withdrawn, and its device stays")
  func formerCertificate() async throws {
    let former = try await enrol()
    rig.device.reset()
    let life = try Life(rig)
    try await life.run { life in
      try await life.ledger.commit(.retryDevice(rig.device.id), by: .administrator("admin"))
      await life.engine.wake(rig.device.id, .demand)
      try await eventually("not active") { try await life.state() != .active }
      try await life.pursue()
    }
    serve(try rig.authority.list(1, [try entry(former)], at: rig.clock.now))
    try await keeper().check()
    #expect(try await store.certificate(former.id)?.state == .revoked)
    #expect(try await store.device(device.inner.id)?.state == .active)
  }

  @Test("Ten thousand others on the list are looked up in a moment, and the same list again changes nothing")
  func long() async throws {
    let certificate = try await enrol()
    var generator = SystemRandomNumberGenerator()
    let others = (0..<10_000).map { _ in
      (
        serial: [0x40] + (0..<15).map { _ in UInt8.random(in: 0...255, using: &generator) },
        reason: RevocationReason.superseded
      )
    }
    serve(try rig.authority.list(1, others + [try entry(certificate)], at: rig.clock.now))
    let start = ContinuousClock.now
    try await keeper().check()
    print("a list of 10,001 entries: \(start.duration(to: .now))")
    #expect(try await store.device(device.inner.id)?.state == .revoked)
    let rows = try await store.audit(after: nil, limit: 500).items.count
    try await keeper().check()
    #expect(try await store.audit(after: nil, limit: 500).items.count == rows)
  }
}

extension TestAuthority {
  /// A good list of another CA.
  fileprivate func foreignList(
    of number: Int64, _ revoked: [(serial: [UInt8], reason: RevocationReason)], at now: Date
  ) throws -> [UInt8] {
    let key = SigningKey()
    let name = try Subject(organization: "TEST", commonName: "another CA").name
    let other = try AuthorityCertificate.anchor(name: name, key: key, notBefore: now - 60, lifetime: 86_400)
    let template = CRLTemplate(issuer: other, number: number, thisUpdate: now, nextUpdate: now + 3600)
    return try template.list(entries: [], signature: template.signature(over: [], key: key))
  }
}
