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
}
