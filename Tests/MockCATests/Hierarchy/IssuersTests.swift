import Foundation
import GRDB
import PKI
import Synchronization
import TestKit
import Testing
import X509

@testable import MockCA

@Suite("Several issuing CAs")
struct IssuersTests {
  @Test("One that was added signs what ca.yaml gives to it: a profile, or after a roll-over everything")
  func roles() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "second", now: ca.clock.now) == 2)
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "third", now: ca.clock.now) == 3)
    #expect(try MockCA.issuers(directory: ca.directory).primary == 1)
    try ca.edit("  gateway:\n", to: "  gateway:\n    issuer: 3\n")
    try ca.edit("url:", to: "issuer: 2\nurl:")
    let registrar = try ca.restarted()
    let issuers = registrar.authority.issuers.map(\.certificate)
    func issue(_ label: String, _ request: CertificationRequest) async throws -> Certificate? {
      let profile = try #require(registrar.authority.settings.profiles[label])
      let outcome = try await registrar.handle(try ra.order(request, at: ca.clock.now), profile: profile).1.get()
      return if case .issued(let certificate) = outcome { certificate } else { nil }
    }
    let device = try #require(try await issue("device", deviceRequest()))
    let gateway = try #require(
      try await issue("gateway", CertificationRequest(subject: Subject(commonName: "g"), key: SigningKey())))
    #expect(device.issuer == issuers[1].subject && gateway.issuer == issuers[2].subject)
    for (certificate, issuer) in [(device, issuers[1]), (gateway, issuers[2])] {
      let path = CertificatePath(anchors: [ca.authority.anchor], purpose: .clientAuth)
      #expect(
        try await path.validate(certificate, intermediates: issuers, now: ca.clock.now) == [certificate, issuer])
    }
  }

  @Test("After a roll-over old and new certificates have their CRLs and OCSP, and cacerts gives both CAs")
  func rolledOver() async throws {
    let port = try await TestServer.freePort()
    let ca = try TestCA(url: "http://localhost:\(port)")
    let ra = try await ca.makeRA()
    let old = try await ca.registrar.issue(to: ra, deviceRequest(serial: "A"))
    _ = try MockCA.addIssuer(directory: ca.directory, name: "next", now: ca.clock.now)
    try ca.edit("url:", to: "issuer: 2\nurl:")
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }, statusPort: port) { server in
      let request = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest(serial: "B"))
      let http = try await server.order(ra.order(request, at: clock.now))
      guard
        case .issued(let new, let issuers) = try await CMCAnswer(
          http.decoded, to: request, anchors: [ra.anchor], now: clock.now)
      else {
        Issue.record("nothing was issued")
        return
      }
      #expect(issuers.map(\.subject) == [new.issuer] && new.issuer != old.issuer)
      let known = try CertificateBundle.decode(try await server.get("cacerts").decoded)
      #expect(known.count == 3 && Set(known.map(\.subject)).isSuperset(of: [old.issuer, new.issuer]))
      let scratch = try Scratch()
      let chain = try scratch.write("chain.pem", known.dropFirst().map { try $0.pem }.joined().utf8)
      for (number, certificate) in [(1, old), (2, new)] {
        let file = try scratch.write("\(number).pem", certificate.pem.utf8)
        let issuer = try scratch.write(
          "issuer.pem", try #require(known.first { $0.subject == certificate.issuer }).pem.utf8)
        var lists: [String] = []
        for name in ["\(number)", "0"] {
          let der = try await Tool.output("curl", ["-sSf", "http://localhost:\(port)/\(name).crl"])
          let pem = try Tool.run("openssl", ["crl", "-inform", "DER", "-in", scratch.write("\(name).crl", der)])
          lists += ["-CRLfile", try scratch.write("\(name)-crl.pem", pem)]
        }
        _ = try Tool.run(
          "openssl",
          ["verify", "-x509_strict", "-crl_check_all", "-CAfile", ca.directory + "/ca.pem", "-untrusted", chain] + lists
            + [file])
        let said = try await Tool.output(
          "openssl",
          [
            "ocsp", "-issuer", issuer, "-cert", file, "-CAfile", ca.directory + "/ca.pem", "-url",
            "http://localhost:\(port)/\(number)",
          ])
        #expect(String(decoding: said, as: UTF8.self).contains("\(number).pem: good"))
      }
    }
  }

  @Test("An issuing CA is revoked where the anchor's key is, and only there; OpenSSL then refuses what it signed")
  func revoked() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let serial = ca.authority.issuing.serialNumber.hexadecimal
    let key = CADirectory(ca.directory).anchorKeyFile
    try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
    await #expect(throws: MockCAError(.anchorOffline, "")) {
      try await MockCA.revoke(serialNumber: serial, reason: .caCompromise, directory: ca.directory, now: ca.clock.now)
    }
    #expect(throws: MockCAError(.anchorOffline, "")) {
      try MockCA.addIssuer(directory: ca.directory, name: "x", now: ca.clock.now)
    }
    try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
    try await MockCA.revoke(serialNumber: serial, reason: .caCompromise, directory: ca.directory, now: ca.clock.now)
    let scratch = try Scratch()
    let file = try scratch.write("ra.pem", ra.certificate.pem.utf8)
    let lists = ca.lists
    var arguments = ["verify", "-crl_check_all", "-purpose", "any", "-CAfile", ca.directory + "/ca.pem", "-untrusted"]
    arguments.append(ca.directory + "/chain.pem")
    for number in 0...1 {
      let der = try #require(try await lists.full(number)).body.readableBytesView
      let pem = try Tool.run("openssl", ["crl", "-inform", "DER", "-in", scratch.write("\(number).crl", der)])
      arguments += ["-CRLfile", try scratch.write("\(number).pem", pem)]
    }
    #expect {
      try Tool.run("openssl", arguments + [file])
    } throws: { error in
      (error as? Tool.Failure)?.text.contains("certificate revoked") == true
    }
  }

  @Test("A revoked issuing CA signs nothing more; once ca.yaml names another, the same order gets its certificate")
  func revokedSignsNothing() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "next", now: ca.clock.now) == 2)
    let before = try await orders(ca)
    try await MockCA.revoke(
      serialNumber: ca.authority.issuing.serialNumber.hexadecimal, reason: .caCompromise, directory: ca.directory,
      now: ca.clock.now)
    let (transaction, request) = (TransactionID.random(), try deviceRequest())
    func order(_ registrar: Registrar) async throws -> Result<CMCOutcome, Refusal> {
      let message = CMCRequest(transaction: transaction, certificationRequest: request)
      let profile = try #require(registrar.authority.settings.profiles["device"])
      return await registrar.handle(try ra.order(message, at: ca.clock.now), profile: profile).1
    }
    #expect(try await order(ca.registrar) == .failure(.issuerRevoked))
    #expect(try await orders(ca) == before)
    // It starts all the same: status is told, and its owner hears why nothing is issued.
    let troubles = try await troubles(ca)
    #expect(troubles.count == 1 && troubles.first?.contains("issuing CA 1, which is revoked") == true)
    try ca.edit("url:", to: "issuer: 2\nurl:")
    let restarted = try ca.restarted()
    guard case .issued(let certificate) = try await order(restarted).get() else { return }
    #expect(certificate.issuer == restarted.authority.issuer(2)?.certificate.subject)
    #expect(try await self.troubles(ca) == [])
  }

  private func orders(_ ca: TestCA) async throws -> Int {
    try await ca.store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM certificate") ?? 0 }
  }

  /// What a start says that its owner has to see to.
  private func troubles(_ ca: TestCA) async throws -> [String] {
    let told = Mutex<[String]>([])
    _ = try await MockCA.build(
      MockCAConfiguration(directory: ca.directory, now: { [clock = ca.clock] in clock.now }) { event in
        if case .trouble(let sentence) = event { told.withLock { $0.append(sentence) } }
      })
    return told.withLock { $0 }
  }

  @Test("An issuing CA that ends makes no flood of responders; one that has ended stops nobody but itself")
  func ended() async throws {
    let ca = try TestCA()
    let desk = try await ca.ocsp()
    ca.clock.advance(by: ca.authority.issuing.notValidAfter.timeIntervalSince(ca.clock.now) - 10 * 86_400)
    func responders() async throws -> Int {
      try await ca.store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM responder") ?? 0 }
    }
    let before = try await responders()
    for _ in 0..<5 { try await desk.renewSigners(ca.registrar.issuer, now: ca.clock.now) }
    #expect(try await responders() == before + 1)
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "next", now: ca.clock.now) == 2)
    ca.clock.advance(by: 11 * 86_400)
    await #expect(throws: MockCAError(.settings, "")) { try await troubles(ca) }
    try ca.edit("url:", to: "issuer: 2\nurl:")
    #expect(try await troubles(ca) == [])
    try ca.edit("  gateway:\n", to: "  gateway:\n    issuer: 1\n")
    #expect(try await troubles(ca).first?.contains("issuing CA 1, which has ended") == true)
    let registrar = try ca.restarted().issuer
    let key = try CADirectory(ca.directory).readOCSPKey()
    #expect(try await OCSPDesk.signers(registrar, key: key, now: ca.clock.now).keys.sorted() == [2])
  }

  @Test("What an issuing CA signed that was taken out of the directory is not revoked without a word, but refused")
  func taken() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    _ = try MockCA.addIssuer(directory: ca.directory, name: "second", now: ca.clock.now)
    try ca.edit("  gateway:\n", to: "  gateway:\n    issuer: 2\n")
    let registrar = try ca.restarted()
    let gateway = try CertificationRequest(subject: Subject(commonName: "g"), key: SigningKey())
    let profile = try #require(registrar.authority.settings.profiles["gateway"])
    let outcome = try await registrar.handle(try ra.order(gateway, at: ca.clock.now), profile: profile).1.get()
    guard case .issued(let certificate) = outcome else { return }
    try ca.edit("    issuer: 2\n", to: "")
    for end in ["pem", "key"] { try FileManager.default.removeItem(atPath: "\(ca.directory)/issuing-2.\(end)") }
    await #expect(throws: MockCAError(.issuerGone, "")) {
      try await MockCA.revoke(
        serialNumber: certificate.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
    }
    let serial = Array(certificate.serialNumber.bytes)
    #expect(try await ca.store.reader.read { try $0.order(serial: serial)?.revokedAt } == nil)
    // Its number is not given again: what it signed stands under it.
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "third", now: ca.clock.now) == 3)
  }

  @Test("A key that a power cut left without a certificate is in nobody's way, and not used")
  func cut() throws {
    let ca = try TestCA()
    let left = try KeyFile.create(ca.directory + "/issuing-2.key")
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "next", now: ca.clock.now) == 3)
    #expect(try MockCA.issuers(directory: ca.directory).certificates.map(\.number) == [1, 3])
    let kept = try KeyFile.read(ca.directory + "/issuing-2.key")
    #expect(kept.publicKey.rawRepresentation == left.publicKey.rawRepresentation)
  }

  @Test("An issuing CA that a version before made, which recorded none, is found and revoked like any other")
  func recorded() async throws {
    let ca = try TestCA()
    let serial = ca.authority.issuing.serialNumber.hexadecimal
    try await ca.store.log.write { database in
      try database.execute(sql: "DELETE FROM issuer")
      try database.execute(sql: "DELETE FROM certificate WHERE profile = ?", arguments: [Order.issuingProfile])
    }
    #expect(
      try await MockCA.revoke(serialNumber: serial, directory: ca.directory, now: ca.clock.now) == [serial])
    #expect(try await ca.store.reader.read { try $0.revocation(ofIssuer: 1) } == ca.clock.now)
  }

  @Test("A ca.yaml that names an issuing CA which is not there stops the CA at its start")
  func missing() throws {
    let ca = try TestCA()
    try ca.edit("  gateway:\n", to: "  gateway:\n    issuer: 2\n")
    #expect(throws: MockCAError(.settings, "")) { try CADirectory(ca.directory).readAuthority() }
  }
}

@Suite("A CA whose keys are in a token (SoftHSM2)")
struct TokenAuthorityTests {
  init() throws { try #require(SoftHSM.isReady, "SoftHSM2 does not work here: run `make setup`") }

  @Test("With all keys in a token it issues, revokes and tells it; no key is in its directory")
  func whole() async throws {
    let keys = CAKeyPlaces(
      anchor: SoftHSM.uri("ca-anchor"), issuing: SoftHSM.uri("ca-issuing"), ocsp: SoftHSM.uri("ca-ocsp"))
    let port = try await TestServer.freePort()
    let ca = try TestCA(url: "http://localhost:\(port)", keys: keys)
    for file in ["anchor.key", "issuing.key", "ocsp.key"] {
      #expect(try DurableFile.readText("\(ca.directory)/\(file)").hasPrefix("pkcs11:"))
    }
    #expect(ca.authority.key.isInToken)
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }, statusPort: port) { _ in
      let scratch = try Scratch()
      let file = try scratch.write("device.pem", certificate.pem.utf8)
      func status() async throws -> String {
        let script = "openssl ocsp -issuer \"$1\" -CAfile \"$2\" -cert \"$3\" -url \"$4\" 2>&1"
        let said = try await Tool.output(
          "bash",
          [
            "-c", script, "ocsp", ca.directory + "/chain.pem", ca.directory + "/ca.pem", file,
            "http://localhost:\(port)/1",
          ])
        return String(decoding: said, as: UTF8.self)
      }
      #expect(try await status().contains("device.pem: good"))
      _ = try await ca.registrar.handle(try ra.revocation(of: certificate, at: clock.now), profile: nil).1.get()
      let said = try await status()
      #expect(said.contains("Response verify OK") && said.contains("device.pem: revoked"), "\(said)")
      let list = try await Tool.output("curl", ["-sSf", "http://localhost:\(port)/1.crl"])
      let crl = try scratch.write("1.crl", list)
      let checked = try Tool.run(
        "bash",
        [
          "-c", "openssl crl -inform DER -in \"$1\" -noout -CAfile \"$2\" 2>&1", "crl", crl,
          ca.directory + "/chain.pem",
        ])
      #expect(String(decoding: checked, as: UTF8.self).contains("verify OK"))
    }
  }

  @Test("A token that is gone is told as such: 'try later' with its own reason, the sentence for the owner, OCSP too")
  func gone() async throws {
    let keys = CAKeyPlaces(
      issuing: SoftHSM.uri("gone-issuing", token: "gone"), ocsp: SoftHSM.uri("gone-ocsp", token: "gone"))
    let ca = try TestCA(keys: keys)
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let told = Mutex<[String]>([])
    let issuer = Issuer(authority: ca.authority, store: ca.store) { error in told.withLock { $0.append(error.reason) } }
    let registrar = Registrar(
      issuer: issuer, desk: RevocationDesk(lists: ca.lists, log: ca.store.log, now: ca.registrar.now),
      now: ca.registrar.now)
    let signers = try await OCSPDesk.signers(
      ca.registrar.issuer, key: CADirectory(ca.directory).readOCSPKey(), now: ca.clock.now)
    let desk = try OCSPDesk(
      ca.authority, store: ca.store, signers: signers, schedule: StatusSchedule(), now: ca.registrar.now,
      onKeyFailure: issuer.onKeyFailure)
    _ = try Tool.run("softhsm2-util", ["--delete-token", "--token", "gone"])
    for serial in ["A", "B"] {
      let order = try ra.order(deviceRequest(serial: serial), at: ca.clock.now)
      #expect(await registrar.handleFullCMC(order, profile: .device).1 == .failure(.keyUnavailable))
    }
    let revocation = try ra.revocation(of: certificate, at: ca.clock.now)
    #expect(await registrar.handle(revocation, profile: nil).1 == .failure(.keyUnavailable))
    let id = try OCSPCertificateID(
      issuer: .init(ca.authority.issuing, hash: .sha1), serialNumber: Array(certificate.serialNumber.bytes))
    #expect(await desk.answer(try OCSPRequest(certificates: [id]).derBytes).der == OCSPFailure.tryLater.derBytes)
    #expect(told.withLock { $0.count } == 4)
    #expect(told.withLock { $0.allSatisfy { $0.contains("token gone") } })
    let serial = Array(certificate.serialNumber.bytes)
    #expect(try await ca.store.reader.read { try $0.order(serial: serial)?.revokedAt } == nil)
    let rows = try await ca.store.auditRows().filter { $0.event == "refused" }
    #expect(rows.map(\.reason) == ["key-unavailable"] && rows.map(\.count) == [3])
  }
}
