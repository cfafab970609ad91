import Foundation
import GRDB
import ManagerBench
import PKI
import Synchronization
import Testing
import X509

@testable import Manager

@Suite("The audit trail")
struct AuditTrailTests {
  private let rig: Rig
  private let folder: ManagerFolder
  private let identity = RegistrationAuthorityIdentity()
  private let told = Told()

  /// What happened.
  private final class Told: Sendable {
    let events = Mutex<[ManagerEvent]>([])
    var details: [String] { events.withLock { $0.filter { $0.event == .tampered }.compactMap(\.detail) } }
  }

  init() throws {
    rig = try Rig("D1")
    folder = ManagerFolder(rig.folder.path)
    try DurableFile.create(folder.authorityAnchor, bytes: Array(try rig.authority.anchor.pem.utf8))
    let key = SigningKey()
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", commonName: "muster manager"), key: key)
    identity.replace(
      key: key, certificate: try rig.authority.issue(request, profile: .registrationAuthority).certificate)
  }

  private func keeper(_ store: SQLiteStore, network: String = "plant") -> AuditKeeper {
    AuditKeeper(
      database: store, file: folder.auditCheckpoint, network: network, identity: identity, clock: rig.clock,
      events: { [told] event in told.events.withLock { $0.append(event) } }, logger: .silent)
  }

  private func add(_ numbers: ClosedRange<Int>, to store: SQLiteStore) async throws {
    for number in numbers {
      let actor = Actor.administrator("a\u{0}\"")
      try await store.commit(.addDevice(try DeviceID("A\(number)"), model: nil), by: actor, at: rig.clock.now)
    }
  }

  /// What somebody does who can write to the database.
  private func tamper(_ store: SQLiteStore, _ sql: String) async throws {
    try await store.pool.write { try $0.execute(sql: sql) }
  }

  @Test("A trail that nobody touched is whole, as far as it goes and as far as it was signed")
  func whole() async throws {
    let store = try rig.openStore()
    await #expect(throws: ManagerError(.notFound, "")) { try await folder.verifyAudit() }
    try await add(1...5, to: store)
    try await keeper(store).signWhatIsNew()
    try await add(6...7, to: store)
    let verdict = try await folder.verifyAudit()
    #expect(verdict.entries == 7 && verdict.signedEntry == 5 && verdict.firstBad == nil)
    #expect(verdict.signedAt == rig.clock.now)
    try await keeper(store).signWhatIsNew()
    #expect(try await folder.verifyAudit().signedEntry == 7)
    #expect(
      try FileManager.default.attributesOfItem(atPath: folder.auditCheckpoint)[.posixPermissions] as? Int == 0o600)
    #expect(told.details.isEmpty)
  }

  @Test(
    "The first bad entry is named after an edit, a deletion, a reordering, an insertion, and a cut at the end",
    arguments: [
      ("UPDATE audit SET actor = 'administrator b' WHERE number = 3", 3),
      ("UPDATE audit SET at = at + 1 WHERE number = 1", 1),
      ("UPDATE audit SET detail = '{}' || ' ' WHERE number = 8", 8),
      ("UPDATE audit SET link = zeroblob(32) WHERE number = 4", 4),
      ("DELETE FROM audit WHERE number = 1", 1),
      ("DELETE FROM audit WHERE number = 4", 4),
      ("DELETE FROM audit WHERE number > 5", 6),
      ("DELETE FROM audit", 1),
      (
        "UPDATE audit SET number = -2 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 6;"
          + "UPDATE audit SET number = 6 WHERE number = -2", 2
      ),
      (
        "INSERT INTO audit(number, at, actor, action, subject, detail, link)"
          + "SELECT 9, at, actor, action, subject, detail, link FROM audit WHERE number = 8", 9
      ),
    ])
  func tampered(sql: String, firstBad: Int64) async throws {
    let store = try rig.openStore()
    try await add(1...8, to: store)
    try await keeper(store).signWhatIsNew()
    try await tamper(store, sql)
    let verdict = try await folder.verifyAudit()
    #expect(verdict.firstBad == firstBad && verdict.reason?.contains("\(firstBad)") == true, "\(verdict)")
  }

  @Test("Who writes every link anew is told from the manager by what was signed, also by a copy that was taken away")
  func rewritten() async throws {
    let store = try rig.openStore()
    try await add(1...4, to: store)
    try await keeper(store).signWhatIsNew()
    let away = "\(folder.path)/away.json"
    try FileManager.default.copyItem(atPath: folder.auditCheckpoint, toPath: away)
    try await store.pool.write { database in
      try database.execute(sql: "UPDATE audit SET action = 'device-removed' WHERE number = 2")
      try database.linkAudit()
    }
    #expect(try await folder.verifyAudit().firstBad == 4)
    // The manager does not sign what does not fit to what it signed: the evidence stays, and it is told once.
    let signed = try Data(contentsOf: URL(filePath: folder.auditCheckpoint))
    try await add(5...6, to: store)
    let keeper = keeper(store)
    try await keeper.signWhatIsNew()
    try await keeper.signWhatIsNew()
    #expect(try Data(contentsOf: URL(filePath: folder.auditCheckpoint)) == signed)
    #expect(told.details.count == 1 && told.details.first?.contains("Entry 4") == true)
    // Without the file the manager begins anew, and the copy knows better.
    try FileManager.default.removeItem(atPath: folder.auditCheckpoint)
    try await keeper.signWhatIsNew()
    #expect(try await folder.verifyAudit().firstBad == nil)
    #expect(try await folder.verifyAudit(noted: [away]).firstBad == 4)
  }

  @Test("A checkpoint that was changed, or that no registration authority of this CA signed, counts for nothing")
  func forged() async throws {
    let store = try rig.openStore()
    try await add(1...3, to: store)
    try await keeper(store).signWhatIsNew()
    let good = try AuditCheckpoint(file: folder.auditCheckpoint)
    func check(_ change: (inout AuditCheckpoint) throws -> Void) async throws {
      var bad = good
      try change(&bad)
      try DurableFile.replace(folder.auditCheckpoint, bytes: try bad.json)
      await #expect(throws: ManagerError(.refused, "")) { try await folder.verifyAudit() }
    }
    try await check { $0.number = 2 }
    try await check { $0.at += 1 }
    try await check { $0.link = String($0.link.reversed()) }
    try await check { $0.network = "other" }
    try await check { $0.signature = "" }
    try await check { $0.signer = "" }
    // A device of the same CA is no registration authority, and one of another CA is a stranger.
    let key = SigningKey()
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", commonName: "muster manager"), key: key)
    for certificate in [
      try rig.authority.issue(request).certificate,
      try TestAuthority(now: rig.clock.now).issue(request, profile: .registrationAuthority).certificate,
    ] {
      let position = try #require(good.position)
      let signer = RegistrationAuthorityIdentity.Signer(key: key, certificate: certificate, issuers: [])
      let forged = try await AuditCheckpoint(position, network: "plant", at: rig.clock.now, signer: signer)
      try await check { $0 = forged }
    }
    try DurableFile.replace(folder.auditCheckpoint, bytes: Array("{}".utf8))
    await #expect(throws: ManagerError(.unreadableFile, "")) { try await folder.verifyAudit() }
    try DurableFile.replace(folder.auditCheckpoint, bytes: try good.json)
    #expect(try await folder.verifyAudit().firstBad == nil)
  }

  @Test("Entries of versions before are linked when the database is first opened, and a change that fails leaves none")
  func older() async throws {
    let queue = try DatabaseQueue(path: folder.database)
    try await queue.writeWithoutTransaction { database in
      try database.execute(sql: Version1.tables)
      for number in 1...3 {
        try database.execute(
          sql: "INSERT INTO audit(at, actor, action, subject, detail) VALUES (?, 'manager', 'x', 'y', '{}')",
          arguments: [number])
      }
      try database.execute(
        sql: "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 1")
    }
    try queue.close()
    let store = try rig.openStore()
    try await add(1...1, to: store)
    await #expect(throws: (any Error).self) { try await add(1...1, to: store) }
    try await keeper(store).signWhatIsNew()
    #expect(try await folder.verifyAudit().entries == 4)
    try await tamper(store, "UPDATE audit SET subject = 'z' WHERE number = 2")
    #expect(try await folder.verifyAudit().firstBad == 2)
  }
}
