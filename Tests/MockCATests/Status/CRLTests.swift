import Crypto
import Foundation
import GRDB
import PKI
import TestKit
import Testing
import X509

@testable import MockCA

@Suite("CRLs")
struct CRLTests {
  private func row(_ ca: TestCA, issuer: Int = 1) async throws -> CRLRow {
    try #require(try await ca.store.reader.read { try $0.newestCRL(issuer: issuer) })
  }

  private func refresh(_ ca: TestCA) async throws -> [Int] {
    try await ca.lists.refresh(log: ca.store.log, now: ca.clock.now)
  }

  @Test("With nothing revoked too there is a new list long before the last one lapses, and never twice one number")
  func refresh() async throws {
    let ca = try TestCA()
    #expect(try await refresh(ca) == [])
    var numbers: Set<Int64> = [try await row(ca).number]
    for _ in 0..<40 {
      let before = try await row(ca)
      ca.clock.advance(by: 6 * 3_600)
      #expect(ca.clock.now < before.deltaUntil && ca.clock.now < before.fullUntil)
      #expect(try await refresh(ca) == [1])
      let after = try await row(ca)
      #expect(numbers.insert(after.number).inserted && after.number > before.number)
      #expect(after.base < after.number && after.thisUpdate == ca.clock.now)
    }
  }

  @Test("The anchor's list is made anew in time where its key is at hand, and left alone where it is not")
  func anchor() async throws {
    let ca = try TestCA()
    let first = try await row(ca, issuer: 0)
    #expect(first.fullUntil > ca.clock.now + 390 * 86_400)
    ca.clock.advance(by: 350 * 86_400)
    let offline = CRLShelf(ca.authority, anchorKey: { nil }, reader: ca.store.reader, schedule: StatusSchedule())
    #expect(try await offline.refresh(log: ca.store.log, now: ca.clock.now) == [1])
    #expect(try await refresh(ca) == [0])
    #expect(try await row(ca, issuer: 0).number > first.number)
  }

  @Test("A database put back from a copy, and a clock put back, give no number again")
  func numbers() async throws {
    let ca = try TestCA()
    _ = try await refresh(ca)
    let copied = try await row(ca)
    ca.clock.advance(by: 7 * 3_600)
    _ = try await refresh(ca)
    let lost = try await row(ca)
    try await ca.store.log.write { try $0.execute(sql: "DELETE FROM crl WHERE number = ?", arguments: [lost.number]) }
    ca.clock.advance(by: 60)
    _ = try await refresh(ca)
    #expect(try await row(ca).number > lost.number)
    ca.clock.advance(by: -30 * 86_400)
    let before = try await row(ca)
    #expect(try await refresh(ca).contains(1))
    #expect(try await row(ca).number == before.number + 1 && before.number > copied.number)
  }

  @Test("A certificate that has ended leaves the list, and not before it was on one after its end")
  func ended() async throws {
    let ca = try TestCA()
    _ = try await refresh(ca)
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let serial = Array(certificate.serialNumber.bytes)
    func isListed() async throws -> Bool {
      try #require(try await ca.lists.full(1)).body.readableBytesView.firstRange(of: serial) != nil
    }
    try await MockCA.revoke(serialNumber: serial.hexadecimal, directory: ca.directory, now: ca.clock.now)
    while ca.clock.now <= certificate.notValidAfter + 86_400 {
      ca.clock.advance(by: 20 * 86_400)
      _ = try await refresh(ca)
      if ca.clock.now < certificate.notValidAfter { #expect(try await isListed()) }
    }
    ca.clock.advance(by: 10 * 86_400)
    _ = try await refresh(ca)
    #expect(try await !isListed())
  }

  @Test("When ca.yaml gets another url, every list stays signed by its issuer, and the next one names the new place")
  func moved() async throws {
    let ca = try TestCA(url: "http://old.test")
    try ca.edit("old.test", to: "new.test")
    let authority = try CADirectory(ca.directory).readAuthority()
    func shelf() -> CRLShelf {
      CRLShelf(authority, anchorKey: { nil }, reader: ca.store.reader, schedule: StatusSchedule())
    }
    try await expectSigned(shelf(), ca, naming: "http://old.test/1d.crl")
    #expect(try await shelf().refresh(log: ca.store.log, now: ca.clock.now) == [1])
    try await expectSigned(shelf(), ca, naming: "http://new.test/1d.crl")
    #expect(try await shelf().refresh(log: ca.store.log, now: ca.clock.now) == [])
    // Beside a CA that runs with the old one.
    try await expectSigned(ca.lists, ca, naming: "http://new.test/1d.crl")
  }

  @Test("A list of a version that did not record the place is made anew before it is served")
  func unrecorded() async throws {
    let ca = try TestCA()
    try await ca.store.log.write { try $0.execute(sql: "UPDATE crl SET deltaURL = NULL") }
    #expect(try await refresh(ca) == [1])
    try await expectSigned(ca.lists, ca, naming: "http://127.0.0.1:8542/1d.crl")
  }

  private func expectSigned(_ shelf: CRLShelf, _ ca: TestCA, naming url: String) async throws {
    let (full, delta) = (try #require(try await shelf.full(1)).body, try #require(try await shelf.delta(1)).body)
    #expect(full.readableBytesView.firstRange(of: Array(url.utf8)) != nil)
    let scratch = try Scratch()
    for (name, list) in [("full", full), ("delta", delta)] {
      let file = try scratch.write(name, list.readableBytesView)
      let script = "openssl crl -inform DER -in \"$1\" -noout -CAfile \"$2\" 2>&1"
      let said = try Tool.run("bash", ["-c", script, "crl", file, ca.directory + "/chain.pem"])
      #expect(String(decoding: said, as: UTF8.self).contains("verify OK"), "\(name)")
    }
  }

  @Test("What the shelf serves is signed by the issuer, whatever it knew before")
  func shelf() async throws {
    let ca = try TestCA()
    _ = try await refresh(ca)
    let ra = try await ca.makeRA()
    let lists = ca.lists
    for number in 1...3 {
      let certificate = try await ca.registrar.issue(to: ra, deviceRequest(serial: "SN-\(number)"))
      _ = try await ca.registrar.handle(try ra.revocation(of: certificate, at: ca.clock.now), profile: nil).1.get()
      for shelf in [lists, ca.lists] {
        let row = try await row(ca)
        let maker = CRLMaker(
          try #require(ca.authority.issuer(1)), settings: ca.authority.settings, schedule: StatusSchedule())
        let entries = try await ca.store.reader.read { try $0.revokedEntries(issuer: 1, after: 0, to: .max) }
        #expect(maker.full(row).verifies(row.fullSignature, entries: entries))
        let served = try await shelf.full(1)?.body
        #expect(
          served.map { Array($0.readableBytesView) }
            == (try maker.full(row).list(entries: entries, signature: row.fullSignature)))
      }
    }
    #expect(try await lists.full(2) == nil)
    #expect(try await lists.delta(0) == nil)
  }
}

extension CRLShelf.List: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.body == right.body }
}
