import Foundation
import PKI
import TestKit
import Testing
import X509

@testable import MockCA

@Suite("Delegated sub-CAs")
struct DelegationTests {
  /// A manager with a sub-CA for `plant.test`.
  private struct Manager {
    let key = SigningKey()
    let certificate: Certificate
    let now: Date

    init(_ ca: TestCA, name: String = "plant manager", days: Int = 365) async throws {
      now = ca.clock.now
      let request = try CertificationRequest(subject: Subject(organization: "plant", commonName: name), key: key)
      certificate = try await MockCA.delegate(
        request: request.derBytes, domain: "plant.test", days: days, directory: ca.directory, now: now)
    }

    func template(_ request: CertificationRequest, _ profile: CertificateProfile = .device) -> CertificateTemplate {
      CertificateTemplate(
        profile: profile, request: request, serialNumber: .random(), notBefore: now, issuer: certificate,
        pointers: nil)
    }

    func issue(_ request: CertificationRequest, _ profile: CertificateProfile = .device) throws -> Certificate {
      try template(request, profile).certificate(signedBy: key)
    }
  }

  private func request(name: String?) throws -> CertificationRequest {
    try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "S", commonName: "S"), dnsNames: name.map { [$0] } ?? [],
      key: SigningKey())
  }

  /// `openssl verify` as a TLS server does it for its clients: nil when it is satisfied, else what it says.
  private func complaint(
    _ certificate: Certificate, under authorities: [Certificate], _ ca: TestCA, _ scratch: Scratch,
    _ options: [String] = [], purpose: String = "sslclient"
  ) throws -> String? {
    let file = try scratch.write("leaf.pem", certificate.pem.utf8)
    let chain = try scratch.write("chain.pem", authorities.map { try $0.pem }.joined().utf8)
    do {
      _ = try Tool.run(
        "openssl",
        ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca.directory + "/ca.pem"]
          + (authorities.isEmpty ? [] : ["-untrusted", chain]) + options + [file])
      return nil
    } catch {
      return (error as? Tool.Failure)?.text ?? "\(error)"
    }
  }

  @Test("OpenSSL takes a device inside the domain, and none outside, with an IP address, or under a further CA")
  func openSSL() async throws {
    let ca = try TestCA()
    let scratch = try Scratch()
    let manager = try await Manager(ca)
    func complaint(_ certificate: Certificate, _ more: [Certificate] = []) throws -> String? {
      try self.complaint(certificate, under: [manager.certificate] + more, ca, scratch)
    }
    #expect(try complaint(manager.issue(request(name: "s.plant.test"))) == nil)
    for name in ["s.other.test", "splant.test", "plant.test.evil.test"] {
      let said = try complaint(manager.issue(request(name: name)))
      #expect(said?.contains("permitted subtree violation") == true, "\(name): \(said ?? "satisfied")")
    }
    let address = try CertificationRequest(
      subject: Subject(commonName: "S"), ipAddresses: [[192, 0, 2, 1]], key: SigningKey())
    #expect(try complaint(manager.issue(address))?.contains("excluded subtree violation") == true)
    let furtherKey = SigningKey()
    let further = try AuthorityCertificate.issuing(
      name: Subject(commonName: "further").name, publicKey: furtherKey.publicKey, anchor: manager.certificate,
      anchorKey: manager.key, notBefore: manager.now, lifetime: 86_400)
    let below = try CertificateTemplate(
      profile: .device, request: request(name: "s.plant.test"), serialNumber: .random(), notBefore: manager.now,
      issuer: further, pointers: nil
    ).certificate(signedBy: furtherKey)
    #expect(try complaint(below, [further])?.contains("path length constraint exceeded") == true)
  }

  @Test("Our own path check takes the same ones, and nothing that a sub-CA certifies for another purpose")
  func ownCheck() async throws {
    let ca = try TestCA()
    let manager = try await Manager(ca)
    func fault(_ certificate: Certificate, _ profile: CertificateProfile = .device) async -> CertificatePathFault? {
      do {
        _ = try await CertificatePath(anchors: [ca.authority.anchor], purpose: profile.usages.first).validate(
          certificate, intermediates: [manager.certificate], now: ca.clock.now)
        return nil
      } catch {
        return error
      }
    }
    #expect(await fault(try manager.issue(request(name: "s.plant.test"))) == nil)
    #expect(await fault(try manager.issue(request(name: "s.other.test"))) == .pathNotTrusted)
    // It is under the CA's own anchor: it must not be able to sign the CA's answers, or be a server or an authority.
    for profile in [CertificateProfile.responder, .registrationAuthority, .server] {
      let names = profile == .server ? ["s.plant.test"] : []
      let request = try CertificationRequest(subject: Subject(commonName: "x"), dnsNames: names, key: SigningKey())
      #expect(await fault(try manager.issue(request, profile), profile) == .purposeNotAllowed, "\(profile.name)")
    }
  }

  @Test("The lint before issuing finds a name outside, an address, and a device without a name")
  func lint() async throws {
    let manager = try await Manager(TestCA())
    func findings(_ request: CertificationRequest) throws -> [String] {
      try CertificateLint.findings(
        manager.issue(request), profile: .device, issuer: manager.certificate, pointers: nil)
    }
    let outside = ["a name is outside what the issuer may certify"]
    #expect(try findings(request(name: "s.plant.test")) == [])
    #expect(try findings(request(name: "s.other.test")) == outside)
    #expect(try findings(request(name: nil)) == outside)
    let address = try CertificationRequest(
      subject: Subject(commonName: "S"), ipAddresses: [[192, 0, 2, 1]], key: SigningKey())
    #expect(try findings(address) == outside)
  }

  @Test("pkilint finds nothing at WARNING in a sub-CA's certificate and in a device's under it")
  func pkilint() async throws {
    let ca = try TestCA(url: "http://ca.test:8542")
    let scratch = try Scratch()
    let manager = try await Manager(ca)
    let findings = try Oracle.run(
      "lint.py",
      lines: [
        "cert \(try scratch.write("sub.der", manager.certificate.der))",
        "cert \(try scratch.write("leaf.der", manager.issue(request(name: "s.plant.test")).der))",
      ])
    #expect(findings == ["done"], "\(findings.joined(separator: "\n"))")
  }

  @Test("It is listed, ends with its anchor at the latest, and once revoked it is in the anchor's CRL")
  func records() async throws {
    let ca = try TestCA()
    let scratch = try Scratch()
    let manager = try await Manager(ca, days: 3650)
    _ = try await Manager(ca, name: "another")
    #expect(manager.certificate.notValidAfter <= ca.authority.anchor.notValidAfter)
    var query = CertificateQuery(now: ca.clock.now)
    query.profile = "sub-ca"
    var listed: [IssuedCertificateRecord] = []
    try await MockCA.certificates(directory: ca.directory, query) { listed.append($0) }
    #expect(try listed.map(\.der).contains(manager.certificate.der) && listed.count == 2)
    #expect(listed.allSatisfy { $0.issuer == 0 && $0.subject.contains("TEST") })
    #expect(Set(listed.map(\.subject)).count == 2)
    let audit = try await MockCA.auditRows(directory: ca.directory)
    #expect(audit.filter { $0.event == "issued" && $0.profile == "sub-ca" }.count == 2)
    func crl() async throws -> String {
      let list = try #require(try await ca.lists.full(0))
      let der = try scratch.write("anchor.der", Array(buffer: list.body))
      return try scratch.write("anchor.pem", Tool.run("openssl", ["crl", "-inform", "DER", "-in", der]))
    }
    let options = ["-crl_check", "-CRLfile"]
    #expect(try complaint(manager.certificate, under: [], ca, scratch, options + [await crl()], purpose: "any") == nil)
    ca.clock.advance(by: 1)
    let serial = manager.certificate.serialNumber.hexadecimal
    let revoked = try await MockCA.revoke(
      serialNumber: serial, reason: .keyCompromise, directory: ca.directory, now: ca.clock.now)
    #expect(revoked == [serial])
    let said = try complaint(manager.certificate, under: [], ca, scratch, options + [await crl()], purpose: "any")
    #expect(said?.contains("certificate revoked") == true, "\(said ?? "satisfied")")
  }

  @Test("Each thing that cannot be delegated is refused with its reason, and nothing is on record")
  func refusals() async throws {
    let ca = try TestCA()
    func refusal(
      _ request: CertificationRequest, _ domain: String = "plant.test", _ days: Int = 365
    ) async throws -> String {
      do {
        _ = try await MockCA.delegate(
          request: request.derBytes, domain: domain, days: days, directory: ca.directory, now: ca.clock.now)
        return "delegated"
      } catch let error as MockCAError {
        return error.reason
      }
    }
    let good = try CertificationRequest(subject: Subject(commonName: "m"), key: SigningKey())
    #expect(try await refusal(good, "Plant.test").contains("no domain"))
    #expect(try await refusal(good, "").contains("no domain"))
    #expect(try await refusal(good, "plant.test", 3651).contains("1 to 3650"))
    #expect(try await refusal(request(name: "s.plant.test")).contains("subject-not-of-profile"))
    let named = try CertificationRequest(subject: Subject(commonName: "m"), dnsNames: ["m.test"], key: SigningKey())
    #expect(try await refusal(named).contains("names-not-of-profile"))
    let issuer = try CertificationRequest(subject: Subject(commonName: "m"), key: ca.authority.key)
    #expect(try await refusal(issuer).contains("key-of-another-subject"))
    let long = try CertificationRequest(
      subject: Subject(commonName: String(repeating: "m", count: 60)), key: SigningKey())
    #expect(try await refusal(long).contains("subject-invalid"))
    try FileManager.default.removeItem(atPath: ca.directory + "/anchor.key")
    #expect(try await refusal(good).contains("anchor's key is not here"))
    var query = CertificateQuery(now: ca.clock.now)
    query.profile = "sub-ca"
    try await MockCA.certificates(directory: ca.directory, query) { Issue.record("on record: \($0.subject)") }
  }

  @Test("ca.yaml cannot define what makes a sub-CA, so nobody orders one")
  func settings() throws {
    let ca = try TestCA()
    try ca.edit("  gateway:\n", to: "  sub-ca:\n")
    #expect(throws: MockCAError.self) { try CADirectory(ca.directory).readSettings() }
  }
}
