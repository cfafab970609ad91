import AsyncHTTPClient
import Foundation
import NIOSSL
import PKI
import TestKit
import Testing
import X509

@testable import MockCA

@Suite("EST for clients of their own")
struct EnrolmentTests {
  /// Re-enrols over a connection that shows a certificate.
  private func reenrol(
    _ server: TestServer, _ ca: TestCA, showing certificate: Certificate, key: SigningKey,
    _ request: CertificationRequest,
    path: String = "simplereenroll"
  ) async throws -> TestServer.Answer {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(ca.directory + "/ca.pem"))
    tls.certificateChain = try [certificate, ca.authority.issuing].map {
      .certificate(try NIOSSLCertificate(bytes: $0.der, format: .der))
    }
    tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem))
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
    let shown = TestServer(port: server.port, statusPort: server.statusPort, client: client)
    let answer: Result<TestServer.Answer, any Error>
    do {
      answer = .success(
        try await shown.post(
          path, .bytes(Data(request.derBytes).base64EncodedData()), type: "application/pkcs10"))
    } catch {
      answer = .failure(error)
    }
    try await client.shutdown()
    return try answer.get()
  }

  @Test("A client enrols with a code for its profile, and renews with its certificate under an old key or a new one")
  func own() async throws {
    let ca = try TestCA()
    let clock = ca.clock
    let code = try await MockCA.makeCode(directory: ca.directory, profile: "device", now: clock.now)
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      func enrol(_ path: String, _ request: CertificationRequest) async throws -> TestServer.Answer {
        let credentials = Data("anybody:\(code.text)".utf8).base64EncodedString()
        return try await server.post(
          path, .bytes(Data(request.derBytes).base64EncodedData()), type: "application/pkcs10",
          headers: [("Authorization", "Basic \(credentials)")])
      }
      let key = SigningKey()
      let request = try deviceRequest(key: key)
      #expect(try await enrol("gateway/simpleenroll", request).status == 401)
      #expect(try await enrol("ra/simpleenroll", request).status == 401)
      #expect(try await enrol("nothing/simpleenroll", request).status == 404)
      let http = try await enrol("simpleenroll", request)
      #expect(http.status == 200)
      let first = try #require(try CertificateBundle.decode(http.decoded).first)
      for fresh in [key, SigningKey()] {
        let next = try deviceRequest(key: fresh)
        let answers = [
          try await reenrol(server, ca, showing: first, key: key, next),
          try await reenrol(server, ca, showing: first, key: key, next, path: "device/simplereenroll"),
        ]
        let renewed = try answers.map { try CertificateBundle.decode($0.decoded) }
        // The same request is the same order.
        #expect(renewed[0] == renewed[1] && renewed[0].first?.publicKey == .init(fresh.publicKey))
        #expect(renewed[0].first?.serialNumber != first.serialNumber)
      }
      for (other, reason) in [
        (try deviceRequest(serial: "SN-2"), "subject-of-another-certificate"),
        (try deviceRequest(key: ca.authority.key), "key-of-authority"),
      ] {
        let refused = try await reenrol(server, ca, showing: first, key: key, other)
        #expect(refused.status == 400 && String(decoding: refused.body, as: UTF8.self).hasPrefix(reason))
      }
      #expect(
        try await reenrol(server, ca, showing: first, key: key, request, path: "gateway/simplereenroll").status == 403)
      try await MockCA.revoke(
        serialNumber: first.serialNumber.hexadecimal, directory: ca.directory, now: clock.now)
      #expect(try await reenrol(server, ca, showing: first, key: key, request).status == 403)
    }
  }

  @Test("A server renews a certificate that is for TLS servers only; another CA's certificate is refused by TLS")
  func serverOnly() async throws {
    let ca = try TestCA()
    let clock = ca.clock
    let code = try await MockCA.makeCode(directory: ca.directory, profile: "server", now: clock.now)
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: "m"), dnsNames: ["m.test"], key: key)
    let first = try await ca.registrar.handleEnrolment(request.derBytes, code: code, label: nil).get()
    #expect(try first.extensions.extendedKeyUsage.map(Array.init) == [.serverAuth])
    let stranger = try TestCA()
    let foreign = try await stranger.registrar.issue(to: stranger.makeRA(), deviceRequest(key: key))
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let answer = try await reenrol(server, ca, showing: first, key: key, request)
      #expect(answer.status == 200)
      let renewed = try #require(try CertificateBundle.decode(answer.decoded).first)
      #expect(renewed.serialNumber != first.serialNumber && renewed.subject == first.subject)
      await #expect(throws: (any Error).self) {
        try await reenrol(server, ca, showing: foreign, key: key, request)
      }
    }
    #expect(try await ca.refusals() == [])
  }

  @Test("A certificate that is revoked while it renews itself renews nothing")
  func revokedOnTheWay() async throws {
    let ca = try TestCA()
    let code = try await MockCA.makeCode(directory: ca.directory, profile: "device", now: ca.clock.now)
    let request = try deviceRequest()
    let shown = try await ca.registrar.handleEnrolment(request.derBytes, code: code, label: nil).get()
    let (serial, now) = (Array(shown.serialNumber.bytes), ca.clock.now)
    let log = MeddlingLog(ca.store.log) { database in
      let order = try #require(try database.order(serial: serial))
      _ = try database.revoke(order, Revocation(), context: AuditContext(), now: now)
    }
    let registrar = TestCA.registrar(ca.authority, Store(reader: ca.store.reader, log: log), ca.clock)
    // A key of its own: the old one is refused for itself.
    let next = try deviceRequest(key: SigningKey()).derBytes
    #expect(await registrar.handleReenrolment(next, shown: shown, label: nil) == .failure(.certificateRequired))
    #expect(try await ca.store.auditRows().count { $0.event == "issued" && $0.profile == "device" } == 1)
  }

  @Test("A renewal that fails while it is issued is one row of the audit table")
  func audited() async throws {
    let ca = try TestCA()
    let code = try await MockCA.makeCode(directory: ca.directory, profile: "device", now: ca.clock.now)
    let shown = try await ca.registrar.handleEnrolment(deviceRequest().derBytes, code: code, label: nil).get()
    try ca.edit("  device:\n", to: "  device:\n    issuer: 2\n")
    let settings = try CADirectory(ca.directory).readSettings()
    let (authority, old) = (ca.authority, ca.authority.primary)
    let without = try Authority(anchor: authority.anchor, issuers: authority.issuers, settings: settings, primary: old)
    let registrar = TestCA.registrar(without, ca.store, ca.clock)
    let next = try deviceRequest().derBytes
    #expect(await registrar.handleReenrolment(next, shown: shown, label: nil) == .failure(.issuerGone))
    #expect(try await ca.refusals() == ["issuer-gone"])
  }

  @Test("Without a certificate, and with one that an authority ordered, nobody re-enrols")
  func others() async throws {
    let ca = try TestCA()
    let clock = ca.clock
    let ra = try await ca.makeRA()
    let key = SigningKey()
    let request = try deviceRequest(key: key)
    let ordered = try await ca.registrar.issue(to: ra, request)
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let answer = try await reenrol(server, ca, showing: ordered, key: key, request)
      #expect(answer.status == 403 && String(decoding: answer.body, as: UTF8.self).hasPrefix("certificate-required"))
      let none = try await server.post(
        "simplereenroll", .bytes(Data(request.derBytes).base64EncodedData()), type: "application/pkcs10")
      #expect(none.status == 403)
      let attributes = try await server.get("device/csrattrs")
      #expect(attributes.headers["content-type"] == "application/csrattrs")
      let scratch = try Scratch()
      let text = try Tool.run(
        "openssl", ["asn1parse", "-inform", "DER", "-in", scratch.write("attributes.der", attributes.decoded)])
      #expect(String(decoding: text, as: UTF8.self).contains("prime256v1"))
    }
  }

  @Test("strongSwan's pki fetches the CA's certificates, enrols and re-enrols", arguments: KeyHome.allCases)
  func strongSwan(keys: KeyHome) async throws {
    let ca = try TestCA(keys: keys.places())
    #expect(ca.authority.key.isInToken == (keys == .token))
    let clock = ca.clock
    let code = try await MockCA.makeCode(directory: ca.directory, profile: "gateway", now: clock.now)
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let scratch = try Scratch()
      let url = "https://localhost:\(server.port)"
      // It can do TLS 1.3, and does not unless it is told to.
      let settings = try scratch.write("strongswan.conf", "libtls {\n version_max = 1.3\n}\n".utf8)
      func pki(_ arguments: [String], into name: String) async throws -> [UInt8] {
        let script = "pki \"$@\" > \"$OUT\" 2> \"$OUT.said\" || { cat \"$OUT.said\" >&2; exit 1; }"
        let out = scratch.path + "/" + name
        _ = try await Tool.output(
          "env", ["OUT=\(out)", "STRONGSWAN_CONF=\(settings)", "bash", "-c", script, "pki"] + arguments)
        return Array(try Data(contentsOf: URL(filePath: out)))
      }
      func request(_ name: String) async throws {
        _ = try scratch.write("\(name).key", SigningKey().pem.utf8)
        _ = try await pki(
          [
            "--req", "--type", "ecdsa", "--in", scratch.path + "/\(name).key", "--dn", "CN=hall-3", "--digest",
            "sha256",
          ],
          into: "\(name).csr")
      }
      let anchor = try scratch.write("ca.der", ca.authority.anchor.der)
      let issuing = try scratch.write("issuing.der", ca.authority.issuing.der)
      _ = try await pki(
        ["--estca", "--url", url, "--cacert", anchor, "--caout", scratch.path + "/fetched"], into: "estca")
      try await request("one")
      let first = try await pki(
        [
          "--est", "--url", url, "--in", scratch.path + "/one.csr", "--cacert", anchor, "--cacert", issuing,
          "--userpass", "gateway:\(code.text)",
        ], into: "one.crt")
      let certificate = try Certificate(der: first)
      #expect(String(describing: certificate.subject) == "CN=hall-3")
      try await request("two")
      let second = try await pki(
        [
          "--est", "--url", url, "--in", scratch.path + "/two.csr", "--cacert", anchor, "--cacert", issuing, "--cert",
          scratch.path + "/one.crt", "--key", scratch.path + "/one.key",
        ], into: "two.crt")
      #expect(try Certificate(der: second).serialNumber != certificate.serialNumber)
    }
    #expect(try await ca.store.auditRows().count { $0.event == "issued" && $0.profile == "gateway" } == 2)
  }
}
