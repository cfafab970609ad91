import Foundation
import GRDB
import PKI
import TestKit
import Testing
import X509

@testable import MockCA

/// A CA that is run as a process, crashes, and is looked at. Nothing of it is open in this process while it runs: the disk
/// may go away under it.
struct CrashSite: Sendable {
  let directory: String
  let authority: Authority
  let ra: TestRA
  let acknowledged = Acknowledged()

  init(directory: String) async throws {
    try MockCA.initialize(directory: directory, now: Date())
    let authority = try CADirectory(directory).readAuthority()
    (self.directory, self.authority) = (directory, authority)
    ra = try await Self.open(directory) { store in
      let (code, key, clock) = (OneTimeCode.random(), SigningKey(), TestClock())
      try await store.addCode(code, profile: "ra", limits: nil, expires: clock.now + 3_600, now: clock.now)
      let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
      let certificate = try await TestCA.registrar(authority, store, clock).handleEnrolment(
        request.derBytes, code: code
      ).get()
      return TestRA(key: key, certificate: certificate, authority: authority)
    }
  }

  /// Runs the CA under load until `crash` has ended it, and looks at what it left.
  ///
  /// - Parameter restore: what makes its disk readable again, once nobody asks it anything any more.
  func round(
    _ name: String, pause: Duration, crash: (RunningCA) async throws -> Void, restore: () throws -> Void
  ) async throws {
    let codes = try await Self.open(directory) { store in
      let codes = (0..<6).map { _ in OneTimeCode.random() }
      for code in codes {
        try await store.addCode(code, profile: "device", limits: nil, expires: Date() + 3_600, now: Date())
      }
      return codes
    }
    let running = try await RunningCA(directory: directory)
    try await expectTold(by: running, name)
    let client = try TestServer.client(directory)
    let server = TestServer(port: running.port, statusPort: running.statusPort, client: client)
    let before = acknowledged.ways
    async let load: Void = Load(site: self, server: server, name: name).run(codes: codes)
    // Another process's life, which has no virtual clock: until every kind of client has been answered in this round, and then for as
    // long as the seed decides.
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end, Acknowledged.Way.allCases.contains(where: { acknowledged.ways[$0] == before[$0] })
    {
      try await Task.sleep(for: .milliseconds(2))
    }
    try await Task.sleep(for: pause)
    try await crash(running)
    await load
    try await client.shutdown()
    try restore()
    try await expectKept(name)
  }

  /// The CA's database knows all that was acknowledged, and is whole.
  private func expectKept(_ name: String) async throws {
    try await Self.open(directory) { store in
      let (whole, rows) = try await store.reader.read { database in
        let rows = try Row.fetchAll(database, sql: "SELECT serial, der, revokedAt FROM certificate")
        let known = rows.map {
          (serial: $0.bytes("serial"), der: $0["der"] as Data?, revoked: $0["revokedAt"] as Int64? != nil)
        }
        return (try String.fetchOne(database, sql: "PRAGMA integrity_check"), known)
      }
      #expect(whole == "ok", "round \(name)")
      let known = Dictionary(rows.map { ($0.serial, $0) }, uniquingKeysWith: { first, _ in first })
      #expect(known.count == rows.count && acknowledged.twice.isEmpty, "round \(name): a serial number twice")
      let lost = acknowledged.issued.filter { known[$0.key]?.der.map(Array.init) != $0.value }
      #expect(lost.isEmpty, "round \(name): \(lost.count) certificates lost")
      let alive = acknowledged.revoked.filter { known[$0]?.revoked != true }
      #expect(alive.isEmpty, "round \(name): \(alive.count) revocations lost")
      #expect(try await store.checkAudit(noted: nil).isWhole, "round \(name)")
    }
  }

  /// The CRL of the CA that runs again tells of every revocation that was acknowledged, its OCSP of those of the last round.
  func expectTold(by running: RunningCA, _ name: String) async throws {
    let url = "http://localhost:\(running.statusPort)/1"
    // As the list says it, not as bytes that may stand somewhere in it.
    let listed = try await Tool.output(
      "bash", ["-c", "curl -sSf \"$1\" | openssl crl -inform DER -noout -text", "crl", "\(url).crl"])
    let serials = Set(
      String(decoding: listed, as: UTF8.self).split(separator: "Serial Number: ").dropFirst().map {
        $0.prefix { $0.isHexDigit }.lowercased()
      })
    let unlisted = Set(acknowledged.revoked.map(\.hexadecimal)).subtracting(serials)
    #expect(unlisted.isEmpty, "before round \(name): \(unlisted) not in the CRL")
    // One question a certificate: that is what answers are signed for beforehand, and what could be stale.
    for serial in acknowledged.takeUntold() {
      let said = try await Tool.output(
        "openssl",
        [
          "ocsp", "-no_nonce", "-issuer", directory + "/chain.pem", "-CAfile", directory + "/ca.pem", "-url", url,
          "-serial", "0x" + serial.hexadecimal,
        ])
      #expect(
        String(decoding: said, as: UTF8.self).contains(": revoked"),
        "before round \(name): OCSP does not tell of \(serial.hexadecimal)")
    }
  }

  /// Opens the database for as long as `body` runs.
  private static func open<Value>(_ directory: String, _ body: (Store) async throws -> Value) async throws -> Value {
    let database = try CADirectory(directory).openDatabase()
    let value = try await body(Store(database))
    try database.close()
    return value
  }
}
