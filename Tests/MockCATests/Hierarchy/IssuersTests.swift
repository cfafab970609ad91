import Foundation
import PKI
import TestKit
import Testing
import X509

@testable import MockCA

@Suite("Several issuing CAs")
struct IssuersTests {
  /// Changes `ca.yaml` and reads the CA anew.
  private func edit(_ ca: TestCA, _ text: String, to other: String) throws {
    let file = CADirectory(ca.directory).settingsFile
    let document = try DurableFile.readText(file)
    try DurableFile.replace(file, bytes: Array(document.replacing(text, with: other).utf8))
  }

  @Test("One that was added signs what ca.yaml gives to it: a profile, or after a roll-over everything")
  func roles() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "second", now: ca.clock.now) == 2)
    #expect(try MockCA.addIssuer(directory: ca.directory, name: "third", now: ca.clock.now) == 3)
    #expect(try MockCA.issuers(directory: ca.directory).primary == 1)
    try edit(ca, "  gateway:\n", to: "  gateway:\n    issuer: 3\n")
    try edit(ca, "url:", to: "issuer: 2\nurl:")
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
    try edit(ca, "url:", to: "issuer: 2\nurl:")
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

  @Test("A ca.yaml that names an issuing CA which is not there stops the CA at its start")
  func missing() throws {
    let ca = try TestCA()
    try edit(ca, "  gateway:\n", to: "  gateway:\n    issuer: 2\n")
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
}
