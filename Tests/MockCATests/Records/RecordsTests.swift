import Foundation
import GRDB
import PKI
import Testing
import X509

@testable import MockCA

@Suite("Records")
struct RecordsTests {
  private func find(_ ca: TestCA, _ change: (inout CertificateQuery) -> Void) async throws -> [String] {
    var query = CertificateQuery(now: ca.clock.now)
    change(&query)
    var found: [String] = []
    try await MockCA.certificates(directory: ca.directory, query) { found.append($0.serialNumber) }
    return found
  }

  @Test(
    "Every certificate is found by serial number, profile, authority, subject, state and time, the issuing CA's too")
  func search() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let first = try await ca.registrar.issue(to: ra, deviceRequest(serial: "SN-A"))
    ca.clock.advance(by: 100)
    let second = try await ca.registrar.issue(to: ra, deviceRequest(serial: "SN-B"))
    let (a, b) = (first.serialNumber.hexadecimal, second.serialNumber.hexadecimal)
    #expect(try await find(ca) { $0.serialNumber = a.uppercased() } == [a])
    #expect(try await find(ca) { $0.profile = "device" } == [a, b])
    #expect(try await find(ca) { $0.authority = ra.certificate.serialNumber.hexadecimal } == [a, b])
    #expect(try await find(ca) { $0.subject = "sn-b" } == [b])
    #expect(try await find(ca) { ($0.profile, $0.since) = ("device", ca.clock.now) } == [b])
    #expect(try await find(ca) { ($0.profile, $0.until) = ("device", ca.clock.now) } == [a])
    #expect(try await find(ca) { $0.profile = "issuing-ca" } == [ca.authority.issuing.serialNumber.hexadecimal])
    #expect(try await find(ca) { _ in }.count == 4)
    try await MockCA.revoke(
      serialNumber: a, reason: .superseded, comment: "old", directory: ca.directory, now: ca.clock.now)
    #expect(try await find(ca) { ($0.profile, $0.state) = ("device", .revoked) } == [a])
    #expect(try await find(ca) { ($0.profile, $0.state) = ("device", .live) } == [b])
    ca.clock.advance(by: 366 * 86_400)
    #expect(try await find(ca) { ($0.profile, $0.state) = ("device", .expired) } == [b])
    var query = CertificateQuery(now: ca.clock.now)
    query.serialNumber = a
    try await MockCA.certificates(directory: ca.directory, query) { record in
      #expect(record.reason == .superseded && record.comment == "old")
      let expected = try first.der
      #expect(record.der == expected)
    }
  }

  @Test("A search gives all certificates when they fill more than one page")
  func pages() async throws {
    let ca = try TestCA()
    try await ca.store.log.write { database in
      for number in 1...1_200 {
        try database.execute(
          sql: """
            INSERT INTO certificate SELECT ?, profile, authority, ?, request, requestDigest, keyDigest, subject, notBefore,
              reservedAt, tbs, der, issuedAt, revokedAt, issuer, notAfter FROM certificate WHERE profile = 'issuing-ca'
              LIMIT 1
            """, arguments: [Data("serial \(number)".utf8), Data("transaction \(number)".utf8)])
      }
    }
    let found = try await find(ca) { _ in }
    #expect(found.count == 1_201 && Set(found).count == 1_201)
  }

  @Test("The audit table notices every changed, removed and inserted row, and with a noted link a cut-off end")
  func chain() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    for serial in ["A", "B", "C"] { _ = try await ca.registrar.issue(to: ra, deviceRequest(serial: serial)) }
    let whole = try await MockCA.checkAudit(directory: ca.directory)
    #expect(whole.isWhole && whole.rows == 5)
    for (change, broken) in [
      ("UPDATE audit SET subject = 'CN=x' WHERE id = 3", 3), ("UPDATE audit SET at = at + 1 WHERE id = 2", 2),
      ("UPDATE audit SET reason = '' WHERE id = 4", 4), ("DELETE FROM audit WHERE id = 3", 4),
      ("UPDATE audit SET link = x'00' WHERE id = 5", 5),
      ("INSERT INTO audit (at, event, link) VALUES (1, 'issued', x'00')", 6), ("DELETE FROM audit WHERE id = 5", nil),
    ] as [(String, Int64?)] {
      let copy = try DatabaseQueue()
      try ca.store.reader.backup(to: copy)
      try await copy.write { try $0.execute(sql: change) }
      let path = ca.directory + "/copy.sqlite"
      defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
      try copy.backup(to: DatabaseQueue(path: path))
      let store = Store(try CADatabase(path: path))
      let verdict = try await store.checkAudit(noted: whole.head)
      #expect(verdict.firstBroken == broken && !verdict.isWhole, "\(change)")
      if broken == nil { #expect(try await store.checkAudit(noted: nil).isWhole) }
    }
    // What came later does not hide the link that was noted.
    _ = try await ca.registrar.issue(to: ra, deviceRequest(serial: "D"))
    #expect(try await MockCA.checkAudit(directory: ca.directory, noted: whole.head).isWhole)
  }

  @Test(
    "A database of version 2 keeps its certificates: revoked ones are in the CRL, authorities go on, links are made")
  func migration() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let revoked = try await ca.registrar.issue(to: ra, deviceRequest(serial: "A"))
    let unsigned = Array(Certificate.SerialNumber.random().bytes)
    let path = ca.directory + "/old.sqlite"
    let old = try DatabaseQueue(path: path)
    try await old.write { database in
      for step in Schema.steps.prefix(2) { try database.execute(sql: step) }
      try database.execute(sql: "PRAGMA user_version = 2")
      try database.execute(sql: "INSERT INTO audit (at, event) VALUES (1000, 'code-made'), (2000, 'issued')")
    }
    let rows = try await ca.store.reader.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM certificate WHERE profile <> 'issuing-ca'").map { row in
        let revokedAt: Int64? = row["profile"] == "device" ? 3_000 : nil
        return Array(row.databaseValues.prefix(13)) + [revokedAt.databaseValue]
      }
    }
    try await old.write { database in
      for row in rows {
        try database.execute(
          sql: "INSERT INTO certificate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: StatementArguments(row))
      }
      // One that was revoked when it had been checked and was not yet signed: somebody may have it all the same.
      try database.execute(
        sql: """
          INSERT INTO certificate SELECT ?, profile, authority, x'01', request, requestDigest, keyDigest, subject, notBefore,
            reservedAt, tbs, NULL, NULL, 4000 FROM certificate WHERE profile = 'device'
          """, arguments: [Data(unsigned)])
    }
    try old.close()
    let store = Store(try CADatabase(path: path))
    let entries = try await store.reader.read { try $0.revokedEntries(issuer: 1, after: 0, to: .max) }
    let expected = try [(Array(revoked.serialNumber.bytes), 3_000), (unsigned, 4_000)].map { serial, time in
      try CRLEntry.encode(
        serialNumber: serial, date: Date(timeIntervalSince1970: TimeInterval(time)), reason: .unspecified)
    }
    #expect(entries == expected.flatMap(\.self))
    // Everything that lives is to get its OCSP answer.
    let waiting = try await store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM answer") }
    #expect(waiting == rows.count { !($0[11].isNull) })
    #expect(
      try await store.authorities(now: ca.clock.now).map(\.serialNumber) == [ra.certificate.serialNumber.hexadecimal])
    #expect(try await store.checkAudit(noted: nil).isWhole)
  }

  @Test("A forger's name with a NUL in it breaks no link")
  func nul() async throws {
    let ca = try TestCA()
    try await ca.store.addRefusal(
      .profileNotOfAuthority, context: AuditContext(subject: "CN=a\u{0}b"), now: ca.clock.now)
    #expect(try await ca.store.auditRows().last?.subject == "CN=a\u{FFFD}b")
    #expect(try await ca.store.checkAudit(noted: nil).isWhole)
  }
}
