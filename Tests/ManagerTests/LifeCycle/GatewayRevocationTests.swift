import CoAPStream
import Foundation
import MockCA
import PKI
import Testing

@testable import Manager

@Suite("A gateway whose key was stolen", .serialized)
struct GatewayRevocationTests {
  @Test(
    "Revoked, the thief's connections end, that of before and every later one, also after a restart; the key is certified no more",
    .timeLimit(.minutes(3)))
  func stolen() async throws {
    let network = try await LiveNetwork()
    let device = try ScriptedDevice("D1")
    try await network.withAuthority {
      let thief = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("hall-1", devices: [device], by: client, of: network)
        // The thief has the same files, and is connected when the theft is found out.
        let connection = try await gateway.connect(to: address)
        let end = Task { () -> (any Error)? in
          do {
            try await connection.run { _ in .response(.notFound) }
            return nil
          } catch {
            return error
          }
        }
        let answer = try await gateway.send(try device.registration(), of: device, over: connection)
        #expect(answer.code == .changed)
        let step: GatewayStepView = try await client.post(
          "gateways/hall-1/revoke", RevocationOrder(reason: "keyCompromise"))
        #expect(step.changed && step.connectionClosed && step.gateway.state == .revoked)
        #expect(step.devices == ["D1"])
        #expect(step.revocations.map(\.reason) == ["keyCompromise"])
        guard case .aborted(let sentence) = await end.value as? CoAPConnectionError else {
          Issue.record("the connection did not end with a reason")
          return gateway
        }
        #expect(sentence.contains("revoked"))
        try await refused(gateway, at: address)
        let again: GatewayStepView = try await client.post(
          "gateways/hall-1/revoke", RevocationOrder(reason: "superseded"))
        #expect(!again.changed && again.revocations.map(\.reason) == ["keyCompromise"])
        await #expect(throws: ManagerError(.notFound, "")) {
          let _: GatewayStepView = try await client.post(
            "gateways/hall-9/revoke", RevocationOrder(reason: "unspecified"))
        }
        let wrong = await #expect(throws: ManagerError(.invalid, "")) {
          let _: GatewayStepView = try await client.post("gateways/hall-1/revoke", RevocationOrder(reason: "lost"))
        }
        #expect(wrong?.remedy?.contains("keyCompromise") == true)
        return gateway
      }
      try await network.withManager { client, address in
        try await refused(thief, at: address)
        // The stolen key, shown as a new gateway of that name, or of another.
        for name in ["hall-1", "hall-2"] {
          await #expect(throws: ManagerError(.conflict, "")) { try await enrol(name, thief.key, client) }
          try await refused(thief, at: address)
        }
        let new = try await TestGateway.enrol("hall-1", devices: [device], by: client, of: network, replace: true)
        try await new.connected(to: address) { connection in
          let answer = try await new.send(try device.registration(), of: device, over: connection)
          #expect(answer.code == .changed)
        }
        try await refused(thief, at: address)
        try await eventually("the CA knows") {
          try await MockCA.auditRows(directory: network.authority).contains { $0.event == "revoked" }
        }
      }
    }
  }

  private func refused(_ gateway: TestGateway, at address: ListenAddress) async throws {
    await #expect(throws: (any Error).self) {
      try await gateway.connected(to: address) { connection in
        _ = try await connection.request(.request(.get, "x").from("d1"), timeout: .seconds(10))
      }
    }
  }

  private func enrol(_ name: String, _ key: SigningKey, _ client: AdminClient) async throws {
    let request = try CertificationRequest(subject: Subject(commonName: name), key: key)
    let pem =
      "-----BEGIN CERTIFICATE REQUEST-----\n\(Data(request.derBytes).base64EncodedString(options: .lineLength64Characters))\n"
      + "-----END CERTIFICATE REQUEST-----\n"
    let _: GatewayCredentials = try await client.post(
      "gateways", GatewayEnrolment(name: name, request: pem, replace: true))
  }
}
