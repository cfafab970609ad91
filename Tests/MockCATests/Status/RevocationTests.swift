import Foundation
import GRDB
import PKI
import Testing
import X509

@testable import MockCA

@Suite("Revocation by a registration authority")
struct RevocationTests {
  private func revoke(
    _ certificate: Certificate, by ra: TestRA, at ca: TestCA, reason: RevocationReason = .keyCompromise
  ) async throws -> Result<CMCOutcome, Refusal> {
    await ca.registrar.handle(
      try ra.revocation(of: certificate, reason: reason, comment: "lost", at: ca.clock.now), profile: nil
    ).1
  }

  private func isListed(_ certificate: Certificate, at ca: TestCA) async throws -> (full: Bool, delta: Bool) {
    func contains(_ list: CRLShelf.List?) throws -> Bool {
      let entry = try CRLEntry.encode(
        serialNumber: Array(certificate.serialNumber.bytes), date: ca.clock.now, reason: .keyCompromise)
      return try #require(list).body.readableBytesView.firstRange(of: entry) != nil
    }
    let lists = ca.lists
    return (try contains(try await lists.full(1)), try contains(try await lists.delta(1)))
  }

  @Test("What an authority ordered it may revoke: it is in both CRLs when the call returns, and again is no error")
  func revoked() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    #expect(try await isListed(certificate, at: ca) == (false, false))
    let serial = Array(certificate.serialNumber.bytes)
    #expect(try await revoke(certificate, by: ra, at: ca) == .success(.revoked(serial)))
    #expect(try await isListed(certificate, at: ca) == (true, true))
    let number = try await ca.lists.full(1)?.number
    #expect(try await revoke(certificate, by: ra, at: ca, reason: .superseded) == .success(.revoked(serial)))
    #expect(try await ca.lists.full(1)?.number == number)
    let rows = try await ca.store.auditRows().filter { $0.event == "revoked" }
    #expect(rows.map(\.serialNumber) == [serial.hexadecimal] && rows.map(\.reason) == ["keyCompromise"])
  }

  @Test("Another authority's certificate, another issuer's name and an unknown serial number look the same to it")
  func notOrdered() async throws {
    let ca = try TestCA()
    let (one, two) = (try await ca.makeRA(), try await ca.makeRA())
    let certificate = try await ca.registrar.issue(to: one, deviceRequest())
    let elsewhere = try TestCA()
    let foreign = try await elsewhere.registrar.issue(to: elsewhere.makeRA(), deviceRequest())
    for (victim, thief) in [(certificate, two), (one.certificate, two), (foreign, one), (ca.authority.issuing, one)] {
      #expect(try await revoke(victim, by: thief, at: ca) == .failure(.certificateUnknown))
    }
    #expect(try await isListed(certificate, at: ca) == (false, false))
    #expect(try await ca.refusals() == Array(repeating: "certificate-unknown", count: 4))
  }

  @Test("An authority that gives itself up is revoked whole, and its next request refused")
  func itself() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let serial = Array(ra.certificate.serialNumber.bytes)
    #expect(try await revoke(ra.certificate, by: ra, at: ca) == .success(.revoked(serial)))
    #expect(try await revoke(ra.certificate, by: ra, at: ca) == .failure(.authorityRevoked))
  }

  @Test("A replayed revocation is refused, also after another request")
  func replay() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let message = try ra.revocation(of: certificate, at: ca.clock.now)
    _ = try await ca.registrar.handle(message, profile: nil).1.get()
    #expect(await ca.registrar.handle(message, profile: nil).1 == .failure(.nonceReplayed))
  }

  @Test("Where nothing can be ordered an order is refused, and a revocation needs no profile")
  func withoutLabel() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let order = try ra.order(deviceRequest(), at: ca.clock.now)
    #expect(await ca.registrar.handle(order, profile: nil).1 == .failure(.profileUnknown))
  }

  @Test("Over HTTPS the answer is signed, refers to the control, and says why when nothing was revoked")
  func overHTTPS() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      for (victim, status, reason) in [
        (certificate, 200, nil), (certificate, 200, nil), (ca.authority.issuing, 404, "certificate-unknown"),
      ] as [(Certificate, Int, String?)] {
        let request = try CMCRevocation(transaction: .random(), certificate: victim, reason: .superseded)
        let message = try request.signed(with: ra.key, certificate: ra.certificate, at: clock.now)
        let http = try await server.post(
          "fullcmc", .bytes(Data(message).base64EncodedData()), type: "application/pkcs7-mime")
        #expect(http.status == status)
        let refusal = try await CMCAnswer.refusal(
          http.decoded, of: request, anchors: [ra.anchor], now: clock.now)
        #expect(refusal?.reason == reason && refusal?.failInfo == reason.map { _ in .badCertificateID })
      }
      let full = try await server.status("1.crl").body
      #expect(full.firstRange(of: Array(certificate.serialNumber.bytes)) != nil)
    }
  }

  @Test("However many revocations come at once, each is in the CRL that is there when it returns")
  func concurrency() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    var certificates: [Certificate] = []
    for number in 1...24 {
      certificates.append(try await ca.registrar.issue(to: ra, deviceRequest(serial: "SN-\(number)")))
    }
    let lists = ca.lists
    try await withThrowingTaskGroup(of: Void.self) { group in
      for certificate in certificates {
        group.addTask {
          let message = try ra.revocation(of: certificate, at: ca.clock.now)
          _ = try await ca.registrar.handle(message, profile: nil).1.get()
          let list = try #require(try await lists.full(1)).body.readableBytesView
          #expect(list.firstRange(of: Array(certificate.serialNumber.bytes)) != nil)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("All that wait while one revocation is written share the next: one pair of lists serves them")
  func shared() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    var certificates: [Certificate] = []
    for number in 1...9 {
      certificates.append(try await ca.registrar.issue(to: ra, deviceRequest(serial: "SN-\(number)")))
    }
    let log = HeldLog(ca.store.log)
    let desk = RevocationDesk(lists: ca.lists, log: log, now: ca.registrar.now)
    func lists() async throws -> Int? {
      try await ca.store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM crl WHERE issuer = 1") }
    }
    let before = try await lists() ?? 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, certificate) in certificates.enumerated() {
        // The first holds the log, so that all others are one group.
        if index == 1 { while !log.isHeld { await Task.yield() } }
        group.addTask {
          let (serial, now) = (Array(certificate.serialNumber.bytes), ca.clock.now)
          let revoked = try await desk.revoke { database in
            let order = try #require(try database.order(serial: serial))
            return .success(try database.revoke(order, Revocation(), context: AuditContext(), now: now))
          }
          #expect(try revoked.get().map(\.serial) == [serial])
        }
      }
      while await desk.waitingCount < certificates.count - 1 { await Task.yield() }
      log.release()
      try await group.waitForAll()
    }
    #expect(try await lists() == before + 2)
  }

  @Test("Who revokes what no list here can say fails alone; who comes at the same time does not notice")
  func alone() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let good = Array(try await ca.registrar.issue(to: ra, deviceRequest(serial: "A")).serialNumber.bytes)
    let bad = Array(try await ca.registrar.issue(to: ra, deviceRequest(serial: "B")).serialNumber.bytes)
    try await ca.store.log.write {
      try $0.execute(sql: "UPDATE certificate SET issuer = 7 WHERE serial = ?", arguments: [Data(bad)])
    }
    let log = HeldLog(ca.store.log)
    let desk = RevocationDesk(lists: ca.lists, log: log, now: ca.registrar.now)
    let now = ca.clock.now
    @Sendable func revoke(_ serial: [UInt8]) async throws -> [Order] {
      try await desk.revoke { database in
        let order = try #require(try database.order(serial: serial))
        return .success(try database.revoke(order, Revocation(), context: AuditContext(), now: now))
      }.get()
    }
    // The first holds the log, so that the other two are one group.
    async let first = revoke(Array(ra.certificate.serialNumber.bytes))
    while !log.isHeld { await Task.yield() }
    async let one = revoke(good)
    async let other = revoke(bad)
    while await desk.waitingCount < 2 { await Task.yield() }
    log.release()
    #expect(try await first.count == 1)
    #expect(try await one.map(\.serial) == [good])
    do {
      _ = try await other
      Issue.record("it was revoked")
    } catch {
      #expect(error as? MockCAError == MockCAError(.issuerGone, ""))
    }
    let isRevoked = try await ca.store.reader.read { try $0.order(serial: bad)?.revokedAt != nil }
    #expect(!isRevoked)
  }

  @Test("A kill at the commit of a revocation leaves all of it or nothing, and asking again brings it about")
  func kill() async throws {
    for death in DyingLog.Death.allCases {
      let ca = try TestCA()
      let ra = try await ca.makeRA()
      let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
      let log = DyingLog(ca.store.log, death: death, at: 1)
      let dying = TestCA.registrar(ca.authority, Store(reader: ca.store.reader, log: log), ca.clock)
      let message = try ra.revocation(of: certificate, reason: .keyCompromise, at: ca.clock.now)
      #expect(await dying.handle(message, profile: nil).1 == .failure(.storeFailed))
      let isRevoked = try await ca.store.reader.read {
        try $0.order(serial: Array(certificate.serialNumber.bytes))?.revokedAt != nil
      }
      #expect(isRevoked == (death == .after))
      if isRevoked { #expect(try await isListed(certificate, at: ca) == (true, true)) }
      _ = try await revoke(certificate, by: ra, at: ca).get()
      #expect(try await isListed(certificate, at: ca) == (true, true))
    }
  }
}
