import Foundation
import GRDB
import PKI
import Testing
import X509

@testable import MockCA

@Suite("The audit table under a flood")
struct AuditTests {
  @Test("However often strangers are refused, there is one row for each reason and minute, and it counts them all")
  func strangers() async throws {
    let ca = try TestCA()
    let foreign = try await TestCA().makeRA()
    let stranger = try foreign.order(deviceRequest(), at: ca.clock.now)
    ca.clock.advance(by: 60 - ca.clock.now.timeIntervalSince1970.truncatingRemainder(dividingBy: 60))
    for _ in 0..<2 {
      for _ in 0..<50 {
        _ = await ca.registrar.handleFullCMC([0x30, 0x00], profile: .device)
        _ = await ca.registrar.handleFullCMC(stranger, profile: .gateway)
        _ = await ca.registrar.handleEnrolment([], code: nil)
        _ = await ca.registrar.handleEnrolment([], code: .random())
        _ = await ca.registrar.refuse(.bodyNotBase64, AuditContext())
      }
      ca.clock.advance(by: 60)
    }
    let rows = try await ca.store.auditRows()
    #expect(rows.count == 10)
    #expect(rows.allSatisfy { $0.event == "refused" && $0.count == 50 })
    #expect(Set(rows.compactMap(\.reason)).count == 5)
    #expect(Set(rows.map(\.date)).count == 2)
  }

  @Test("Refusals of a known authority keep a row each; those of a revoked one are counted, each authority by itself")
  func known() async throws {
    let ca = try TestCA()
    let authorities = [try await ca.makeRA(), try await ca.makeRA()]
    ca.clock.advance(by: 60 - ca.clock.now.timeIntervalSince1970.truncatingRemainder(dividingBy: 60))
    func ask(_ ra: TestRA, _ profile: CertificateProfile) async throws {
      _ = await ca.registrar.handleFullCMC(try ra.order(deviceRequest(), at: ca.clock.now), profile: profile)
    }
    for ra in authorities {
      for _ in 0..<5 { try await ask(ra, .gateway) }
      try await MockCA.revoke(
        serialNumber: ra.certificate.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
      for _ in 0..<7 { try await ask(ra, .device) }
    }
    let refused = try await ca.store.auditRows().filter { $0.event == "refused" }
    #expect(refused.count { $0.reason == "subject-not-of-profile" && $0.count == 1 } == 10)
    let revoked = refused.filter { $0.reason == "authority-revoked" }
    #expect(revoked.map(\.count) == [7, 7])
    #expect(revoked.map(\.authority) == authorities.map(\.certificate.serialNumber.hexadecimal))
  }

  @Test("Standard output hears of a refusal that anybody can cause once a minute, of others each time")
  func gate() {
    let gate = RefusalGate()
    let start = Date(timeIntervalSince1970: 6_000)
    #expect(gate.opens(for: .codeUnknown, now: start))
    #expect(!gate.opens(for: .codeUnknown, now: start + 59))
    #expect(gate.opens(for: .codeMissing, now: start + 59))
    #expect(gate.opens(for: .codeUnknown, now: start + 60))
    for _ in 0..<3 { #expect(gate.opens(for: .keyRevoked, now: start)) }
  }

  @Test("A database of the first version is brought up to date and keeps its rows")
  func migration() throws {
    let path = NSTemporaryDirectory() + "muster-ca-" + randomBytes(8).hexadecimal + ".sqlite"
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let old = try DatabaseQueue(path: path)
    try old.write { database in
      try database.execute(sql: Schema.steps[0])
      try database.execute(sql: "INSERT INTO audit (at, event) VALUES (1000, 'code-made'); PRAGMA user_version = 1")
    }
    try old.close()
    let database = try CADatabase(path: path)
    let rows = try database.pool.read { try AuditRow.fetchAll($0, sql: "SELECT * FROM audit") }
    #expect(rows.map(\.event) == ["code-made"])
    #expect(rows.map(\.count) == [1])
    try database.close()
  }
}
