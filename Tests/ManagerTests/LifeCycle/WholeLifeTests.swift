import CoAPStream
import Foundation
import MockCA
import PKI
import TestKit
import Testing

@testable import Manager

@Suite("A device's life by commands, with a real CA", .serialized)
struct WholeLifeTests {
  @Test(
    "Suspended, resumed and revoked by muster; the CA hangs and the manager ends, and after its restart OpenSSL finds the certificate on the CA's list, once",
    .timeLimit(.minutes(3)))
  func commands() async throws {
    let network = try await LiveNetwork(namesStatus: true)
    let device = try ScriptedDevice("D1")
    let desk = try OwnerDesk("\(network.folder.path)/owner")
    try await network.withAuthority {
      let serial = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [device], by: client, of: network)
        let ready = try #require(network.events.first(.ready, from: 0))
        let muster = Commands(desk: desk, manager: ready.admin ?? "", credentials: network.managerFolder.credentials)
        return try await gateway.connected(to: address) { connection in
          let serial = try await WholeWayTests.enrol(device, gateway, connection, client)
          let suspended: DeviceStepView = try await muster.json("device", "suspend", "D1")
          #expect(suspended.changed && suspended.sessionClosed && suspended.device.state == .suspended)
          let twice: DeviceStepView = try await muster.json("device", "suspend", "D1")
          #expect(!twice.changed && twice.device.state == .suspended)
          await #expect(throws: SecuredDevice.Unexpected.self) {
            _ = try await gateway.send(try device.registration(), of: device, over: connection)
          }
          let resumed: DeviceStepView = try await muster.json("device", "resume", "D1")
          #expect(resumed.changed && [.approved, .csrRequested].contains(resumed.device.state))
          #expect(try await WholeWayTests.enrol(device, gateway, connection, client) == serial)
          try await MockCA.setFaults([try #require(Fault("hang"))], directory: network.authority)
          let revoked: DeviceStepView = try await muster.json("device", "revoke", "D1", "--reason", "keyCompromise")
          #expect(revoked.changed && revoked.sessionClosed && revoked.device.state == .revoked)
          #expect(revoked.device.revocations?.map(\.serial) == [serial])
          #expect(revoked.device.revocations?.first?.toldAt == nil)
          #expect(try await muster.status("device", "resume", "D1") == 65)
          #expect(try await muster.status("device", "revoke", "D1", "--reason", "lost") == 64)
          #expect(try await muster.status("device", "revoke", "D9", "--reason", "superseded") == 66)
          return serial
        }
      }
      #expect(try await revocations(network) == 0)
      try await MockCA.setFaults([], directory: network.authority)
      try await network.withManager { client, _ in
        let told = try await poll("the CA was told") {
          let view: DeviceView = try await client.get("devices/D1")
          return view.revocations?.first?.toldAt
        }
        #expect(told > Date(timeIntervalSinceNow: -120))
        let gone: DeviceStepView = try await client.post("devices/D1/decommission")
        #expect(gone.changed && gone.device.state == .decommissioned && gone.device.revocations?.count == 1)
      }
      #expect(try await revocations(network) == 1)
      let list = try await Tool.output("curl", ["-sSf", "http://localhost:\(network.statusPort ?? 0)/1.crl"])
      let scratch = try Scratch()
      let text = String(
        decoding: try Tool.run(
          "openssl", ["crl", "-inform", "DER", "-noout", "-text", "-in", scratch.write("1.crl", list)]), as: UTF8.self)
      #expect(text.lowercased().contains("serial number: \(serial)") && text.contains("Key Compromise"), "\(text)")
    }
  }

  @Test(
    "Revoked at the CA by its own people: revoked here with the next look, by the list at the place the certificate names"
  )
  func authoritysWord() async throws {
    let network = try await LiveNetwork(namesStatus: true)
    let device = try ScriptedDevice("D1")
    try await network.withAuthority {
      let gateway = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [device], by: client, of: network)
        try await gateway.connected(to: address) { connection in
          let serial = try await WholeWayTests.enrol(device, gateway, connection, client)
          _ = try await MockCA.revoke(
            serialNumber: serial, reason: .privilegeWithdrawn, comment: nil, directory: network.authority, now: Date())
        }
        return gateway
      }
      // The look that every start begins with.
      try await network.withManager { client, address in
        let view = try await poll("revoked") {
          let view: DeviceView = try await client.get("devices/D1")
          return view.state == .revoked ? view : nil
        }
        #expect(view.revocations?.map(\.source) == [.authority])
        #expect(view.revocations?.map(\.reason) == ["privilegeWithdrawn"])
        let status: StatusView = try await client.get("status")
        #expect(status.lists?.contains { $0.checkedAt != nil && $0.missed == 0 } == true, "\(status.lists ?? [])")
        try await gateway.connected(to: address) { connection in
          await #expect(throws: SecuredDevice.Unexpected.self) {
            _ = try await gateway.send(try device.registration(), of: device, over: connection)
          }
        }
      }
    }
  }

  private func revocations(_ network: LiveNetwork) async throws -> Int {
    try await MockCA.auditRows(directory: network.authority).count { $0.event == "revoked" }
  }
}

/// Commands of `muster` against one manager.
private struct Commands: Sendable {
  let desk: OwnerDesk
  let manager: String
  let credentials: String

  func json<Value: Decodable & Sendable>(_ words: String...) async throws -> Value {
    let arguments = words + ["--manager", "https://\(manager)", "--credentials", credentials, "--json"]
    let desk = desk
    // A thread of its own: the manager in this process needs the others.
    let bytes: [UInt8] = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try desk.muster(arguments) }) }
    }
    return try AdminJSON.decoder.decode(Value.self, from: Data(bytes))
  }

  /// What it ends with, if not with 0.
  func status(_ words: String...) async throws -> Int? {
    let arguments = words + ["--manager", "https://\(manager)", "--credentials", credentials]
    let desk = desk
    let failure: String? = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        do {
          try desk.muster(arguments)
          continuation.resume(returning: nil)
        } catch {
          continuation.resume(returning: "\(error)")
        }
      }
    }
    return failure?.firstMatch(of: /ended with (\d+)/).flatMap { Int($0.output.1) }
  }
}
