import Foundation
import MockCA
import PKI
import Testing
import X509

@testable import Manager

/// The connector against the test CA in all its moods.
@Suite("A CA that misbehaves", .serialized)
struct FaultyAuthorityTests {
  private func order(_ serial: String) throws -> Order {
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: serial, commonName: serial), key: SigningKey())
    return Order(
      id: .fresh(), holder: .device(try DeviceID(serial)), profile: "device",
      key: KeyDigest(sha256: request.keyDigest), request: request.derBytes, createdAt: Date())
  }

  /// Enrols the connector's registration authority.
  private func enrol(_ client: AuthorityClient, _ network: LiveNetwork) async throws -> RegistrationAuthorityIdentity {
    let code = try await MockCA.makeCode(directory: network.authority, now: Date())
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
    let credentials = Data("ra:\(code.text)".utf8).base64EncodedString()
    let reply = try await client.post(
      "ra/simpleenroll", type: "application/pkcs10", body: request.derBytes, authorization: "Basic \(credentials)")
    let bundle = try #require(reply.bytes)
    let certificate = try #require(try CertificateBundle.decode(bundle).first)
    let identity = RegistrationAuthorityIdentity()
    identity.replace(
      key: key, certificate: certificate,
      issuers: try await client.certificates().filter { $0.subject == certificate.issuer })
    return identity
  }

  @Test("Nothing forged, late or broken is taken for a certificate; the same order is issued when the CA is well again")
  func faults() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      let client = try AuthorityClient(
        url: network.authorityURL, anchors: Certificate.readPEM("\(network.authority)/ca.pem"))
      let connector = FullCMCConnector(client: client, identity: try await enrol(client, network), clock: SystemClock())
      for (index, (fault, expected)) in [
        ("status=500", "later"), ("status=404", "later"), ("later=7", "later 7"), ("wrong-key", "later"),
        ("wrong-chain", "later"), ("expired", "later"), ("truncated", "later"), ("oversized", "later"),
        ("reject", "refused"), ("delay=20", "issued"),
      ].enumerated() {
        let order = try order("D\(index)")
        try await MockCA.setFaults([try #require(Fault(fault))], directory: network.authority)
        let answer = await connector.send(try await connector.prepare(order))
        let found =
          switch answer {
          case .issued: "issued"
          case .later(let patience, _): patience == .zero ? "later" : "later \(patience.components.seconds)"
          case .refused: "refused"
          case .disowned: "disowned"
          }
        #expect(found == expected, "\(fault): \(answer)")
        try await MockCA.setFaults([], directory: network.authority)
        guard case .issued(let issued) = await connector.send(try await connector.prepare(order)) else {
          Issue.record("after \(fault) the order is not issued")
          continue
        }
        #expect(try CertificateRecord(issued, for: order, state: .issued, now: Date()).key == order.key)
      }
      try await client.shutdown()
    }
  }

  @Test("A CA that never answers costs a deadline; the order is sent again, and makes one certificate")
  func hang() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      let anchors = try Certificate.readPEM("\(network.authority)/ca.pem")
      let client = try AuthorityClient(url: network.authorityURL, anchors: anchors)
      let impatient = try AuthorityClient(
        url: network.authorityURL, anchors: anchors, deadline: .milliseconds(500))
      let identity = try await enrol(client, network)
      let order = try order("D1")
      func send(_ client: AuthorityClient) async throws -> AuthorityAnswer {
        let connector = FullCMCConnector(client: client, identity: identity, clock: SystemClock())
        return await connector.send(try await connector.prepare(order))
      }
      try await MockCA.setFaults([try #require(Fault("hang"))], directory: network.authority)
      guard case .later(_, let detail) = try await send(impatient) else {
        Issue.record("an answer came")
        return
      }
      #expect(detail.contains("in time"), "\(detail)")
      try await MockCA.setFaults([], directory: network.authority)
      let answers = [try await send(client), try await send(client)]
      guard case .issued = answers[0] else {
        Issue.record("\(answers)")
        return
      }
      #expect(answers[0] == answers[1])
      #expect(try await issued(network) == 1)
      try await client.shutdown()
      try await impatient.shutdown()
    }
  }

  @Test("A serial number that another certificate has is refused for that; the CA well again, each has its own")
  func duplicateSerial() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      let client = try AuthorityClient(
        url: network.authorityURL, anchors: Certificate.readPEM("\(network.authority)/ca.pem"))
      let connector = FullCMCConnector(client: client, identity: try await enrol(client, network), clock: SystemClock())
      let folder = try TemporaryFolder()
      let store = try SQLiteStore(path: "\(folder.path)/manager.sqlite")
      let desk = OrderDesk(
        ledger: Ledger(store: store, clock: SystemClock(), events: { _ in }), authority: connector)
      let requests = try ["hall-1", "hall-2"].map {
        try CertificationRequest(subject: Subject(commonName: $0), key: SigningKey())
      }
      func obtain(_ index: Int) async throws -> CertificateRecord {
        try await desk.obtain(
          requests[index], for: .gateway("hall-\(index + 1)"), profile: "gateway", by: .manager)
      }
      let first = try await obtain(0)
      try await MockCA.setFaults([try #require(Fault("duplicate-serial"))], directory: network.authority)
      let error = await #expect(throws: ManagerError.self) { try await obtain(1) }
      #expect(error?.code == .unreachable && error?.reason.contains("serial-number-twice") == true, "\(error as Any)")
      #expect(try await store.certificates(serial: first.serial).map(\.id) == [first.id])
      try await MockCA.setFaults([], directory: network.authority)
      let second = try await obtain(1)
      #expect(second.serial != first.serial && second.state == .active)
      #expect(try await issued(network) == 2)
      try await client.shutdown()
    }
  }

  /// How many certificates the CA has made for devices and gateways, by its own records.
  private func issued(_ network: LiveNetwork) async throws -> Int {
    try await MockCA.auditRows(directory: network.authority).count {
      $0.event == "issued" && ["device", "gateway"].contains($0.profile)
    }
  }
}
