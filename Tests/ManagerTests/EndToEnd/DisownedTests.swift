import CoAPStream
import Foundation
import MockCA
import PKI
import TestKit
import Testing

@testable import Manager

@Suite("A manager that the CA does not take orders from any more", .serialized)
struct DisownedTests {
  @Test(
    "A revoked registration authority says so once, refuses whoever asks, and comes back with a new one-time code",
    .timeLimit(.minutes(2)), arguments: KeyPlace.allCases)
  func revokedAndBack(place: KeyPlace) async throws {
    if place == .token { try #require(SoftHSM.isReady, "SoftHSM2 does not work here: run `make setup`") }
    let network = try await LiveNetwork(
      registrationAuthorityKey: place == .token ? SoftHSM.uri("ra", token: "manager") : nil)
    let device = try ScriptedDevice("D1")
    try await network.withAuthority {
      try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [device], by: client, of: network)
        let own = try #require(network.events.all.first { $0.event == .identity && $0.role == "ra" }?.serial)
        _ = try await MockCA.revoke(serialNumber: own, directory: network.authority, now: Date())

        let refusal = await #expect(throws: ManagerError(.refused, "")) {
          _ = try await TestGateway.enrol("other", devices: [], by: client, of: network)
        }
        #expect(refusal?.code.exitStatus == 77)
        #expect(refusal?.remedy?.contains("muster manager enrol") == true)
        let event = try await poll("it says so") { network.events.first(.disowned, from: 0) }
        #expect(event.role == "ra")
        #expect(event.problem == "refused")
        let refused: StatusView = try await client.get("status")
        #expect(refused.registrationAuthorityRefusal != nil)

        // A device waits meanwhile, and is told why.
        try await gateway.connected(to: address) { connection in
          _ = try await gateway.send(try device.registration(), of: device, over: connection)
          let _: DeviceView = try await client.post("devices/D1/approve")
          _ = try await poll("the device's trouble") { () -> Bool? in
            let view: DeviceView = try await client.get("devices/D1")
            return view.problem?.code == .managerRefused ? true : nil
          }
          try network.managerFolder.giveAuthorityCode(
            try await MockCA.makeCode(directory: network.authority, now: Date()).text)
          _ = try await WholeWayTests.enrol(device, gateway, connection, client)
        }
        let back: StatusView = try await client.get("status")
        #expect(back.registrationAuthorityRefusal == nil)
        #expect(network.events.all.count { $0.event == .disowned } == 1)
      }
      #expect(!FileManager.default.fileExists(atPath: network.managerFolder.nextRegistrationAuthorityKey))
      #expect(!FileManager.default.fileExists(atPath: network.managerFolder.authorityCode))
      // The new key is where the old one was: in a token it has a name of its own.
      let key = try String(contentsOfFile: network.managerFolder.registrationAuthorityKey, encoding: .utf8)
      #expect(key.contains("object=ra-") == (place == .token))
      #expect(key.contains("PRIVATE KEY") == (place == .file))
      // The new pair is the one that counts after a restart.
      try await network.withManager { client, _ in
        _ = try await TestGateway.enrol("third", devices: [], by: client, of: network)
      }
    }
  }

  enum KeyPlace: CaseIterable {
    case file, token
  }

  @Test("A crash between the new certificate and the new key's place leaves the new pair", .timeLimit(.minutes(2)))
  func crash() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { _, _ in }
      // As if the process had died before the last two steps: the key still has its first name, and the old one is there.
      let folder = network.managerFolder
      try FileManager.default.moveItem(
        atPath: folder.registrationAuthorityKey, toPath: folder.nextRegistrationAuthorityKey)
      _ = try KeyFile.create(folder.registrationAuthorityKey)
      try await network.withManager { client, _ in
        _ = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
      }
      #expect(!FileManager.default.fileExists(atPath: folder.nextRegistrationAuthorityKey))
    }
  }
}
