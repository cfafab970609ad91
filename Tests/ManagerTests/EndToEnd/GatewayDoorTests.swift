import CoAP
import CoAPStream
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PKI
import Synchronization
import Testing

@testable import Manager

@Suite("Who may connect as a gateway, and as an administrator", .serialized)
struct GatewayDoorTests {
  @Test("From one address no more connections are taken than it may have", .timeLimit(.minutes(2)))
  func manyFromOneAddress() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager(gatewaysPerAddress: 4) { _, address in
        var channels: [any Channel] = []
        for _ in 0..<6 {
          channels.append(
            try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
              .connect(host: address.host, port: address.port).get())
        }
        let (first, beyond) = (channels.prefix(4), channels.suffix(2))
        _ = try await poll("those beyond are closed") { beyond.allSatisfy { !$0.isActive } ? true : nil }
        // Who says nothing is cut off after a while as well, but who came first, first.
        #expect(first.allSatisfy { $0.isActive })
        for channel in first { try? await channel.close() }
      }
    }
  }

  @Test("A gateway enrolled anew under its name shuts its former certificate out", .timeLimit(.minutes(2)))
  func superseded() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { client, address in
        let device = try ScriptedDevice("D1")
        let old = try await TestGateway.enrol("gw", devices: [device], by: client, of: network)
        let standing = try await old.connect(to: address)
        let end = Task { () -> (any Error)? in
          do {
            try await standing.run { _ in .response(.notFound) }
            return nil
          } catch {
            return error
          }
        }
        _ = try await poll("the gateway is connected") { network.events.all.first { $0.connected == true } }
        await #expect(throws: ManagerError(.alreadyExists, "")) {
          _ = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        }
        let new = try await TestGateway.enrol("gw", devices: [device], by: client, of: network, replace: true)
        // The connection that stood is ended too, and told why.
        let reason = await end.value as? CoAPConnectionError
        guard case .aborted(let sentence) = reason else {
          Issue.record("\(String(describing: reason))")
          return
        }
        #expect(sentence.contains("enrolled anew"))
        try await new.connected(to: address) { connection in
          let answer = try await new.send(try device.registration(), of: device, over: connection)
          #expect(answer.code == .changed)
        }
        await #expect(throws: (any Error).self) {
          try await old.connected(to: address) { connection in
            _ = try await old.send(try device.registration(), of: device, over: connection)
          }
        }
      }
    }
  }

  @Test(
    "A certificate that is superseded in the very moment its gateway is let in does not stay in",
    .timeLimit(.minutes(2)))
  func supersededMeanwhile() async throws {
    let network = try await LiveNetwork()
    let store = Mutex<FailingStore?>(nil)
    try await network.withAuthority {
      try await network.withManager(
        wrap: { base in
          let hooked = FailingStore(base)
          store.withLock { $0 = hooked }
          return hooked
        },
        { client, address in
          let old = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
          // The manager has found that the old certificate is in force, and has not let its connection in yet.
          store.withLock { $0 }?.afterGatewayRead {
            _ = try await TestGateway.enrol("gw", devices: [], by: client, of: network, replace: true)
          }
          await #expect(throws: (any Error).self) {
            try await old.connected(to: address) { connection in
              _ = try await connection.request(.request(.get, "x").from("d1"), timeout: .seconds(10))
            }
          }
          let gateways: PageView<GatewayView> = try await client.get("gateways")
          #expect(gateways.items.map(\.connected) == [false])
        })
    }
  }

  @Test("A gateway with many lines may ask for two hundred of them at once", .timeLimit(.minutes(2)))
  func manyAtOnce() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        try await gateway.connected(to: address, requestsAtOnce: 200) { connection in
          let codes = try await withThrowingTaskGroup(of: Code.self) { group in
            for line in 0..<200 {
              group.addTask {
                try await connection.request(.request(.get, "x").from("l\(line)"), timeout: .seconds(30)).code
              }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
          }
          #expect(codes == [.unauthorized])
        }
      }
    }
  }

  @Test("A certificate of another CA does not even get through the handshake", .timeLimit(.minutes(2)))
  func foreign() async throws {
    let network = try await LiveNetwork()
    let other = try await LiveNetwork()
    try await other.withAuthority {
      let stranger = try await other.withManager { client, _ in
        try await TestGateway.enrol("gw", devices: [], by: client, of: other)
      }
      try await network.withAuthority {
        try await network.withManager { client, address in
          let own = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
          // It even knows the right anchor.
          let mixed = TestGateway(
            name: "gw", devices: [],
            credentials: GatewayCredentials(
              certificate: stranger.credentials.certificate, chain: stranger.credentials.chain,
              anchor: own.credentials.anchor), key: stranger.key)
          await #expect(throws: (any Error).self) {
            try await mixed.connected(to: address) { connection in
              _ = try await connection.request(.request(.get, "register"), timeout: .seconds(5))
            }
          }
        }
      }
    }
  }

  @Test("Without an administrator's certificate nothing is served, and a gateway's is none", .timeLimit(.minutes(2)))
  func admin() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { client, _ in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        let folder = "\(network.folder.path)/stolen"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          atPath: "\(network.managerFolder.credentials)/ca.pem", toPath: "\(folder)/ca.pem")
        try DurableFile.create("\(folder)/admin.key", bytes: Array(gateway.key.pem.utf8), mode: 0o600)
        try DurableFile.create("\(folder)/admin.pem", bytes: Array(gateway.credentials.certificate.utf8))
        let ready = try #require(network.events.first(.ready, from: 0))
        await #expect(throws: ManagerError(.forbidden, "")) {
          try await AdminClient.with(manager: "https://\(ready.admin ?? "")", credentials: folder) { stranger in
            let _: StatusView = try await stranger.get("status")
          }
        }
      }
    }
  }

  @Test("Refusals of the admin API are problem documents that say what to try", .timeLimit(.minutes(2)))
  func problems() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { client, _ in
        await #expect(throws: ManagerError(.notFound, "")) { let _: DeviceView = try await client.get("devices/D9") }
        await #expect(throws: ManagerError(.invalid, "")) { let _: DeviceView = try await client.get("devices/a.b") }
        await #expect(throws: ManagerError(.notFound, "")) { let _: DeviceView = try await client.get("nothing") }
        await #expect(throws: ManagerError(.invalid, "")) {
          let _: PageView<DeviceView> = try await client.get("devices", query: ["state": "gone"])
        }
        await #expect(throws: ManagerError(.invalid, "")) {
          let _: PageView<DeviceView> = try await client.get("devices", query: ["limit": "0"])
        }
        let added: DeviceView = try await client.post("devices", DeviceAddition(id: "D1"))
        #expect(added.state == .registered)
        await #expect(throws: ManagerError(.alreadyExists, "")) {
          let _: DeviceView = try await client.post("devices", DeviceAddition(id: "D1"))
        }
        let early = await #expect(throws: ManagerError(.conflict, "")) {
          let _: DeviceView = try await client.post("devices/D1/enrol")
        }
        #expect(early?.remedy?.contains("approve") == true)
        // Which key it has, nobody has said: approved, it would be shut out for good.
        let keyless = await #expect(throws: ManagerError(.conflict, "")) {
          let _: DeviceView = try await client.post("devices/D1/approve")
        }
        #expect(keyless?.remedy?.contains("--thumbprint") == true)
        let still: DeviceView = try await client.get("devices/D1")
        #expect(still.state == .registered)
        await #expect(throws: ManagerError(.invalid, "")) {
          let _: GatewayCredentials = try await client.post("gateways", GatewayEnrolment(name: "GW", request: "x"))
        }
        await #expect(throws: ManagerError(.invalid, "")) {
          let _: GatewayCredentials = try await client.post("gateways", GatewayEnrolment(name: "gw", request: "x"))
        }
        await #expect(throws: ManagerError(.invalid, "")) {
          let _: DeviceView = try await client.post("devices", ["id": String(repeating: "x", count: 20_000)])
        }
        await #expect(throws: ManagerError(.alreadyExists, "")) {
          let _: DeviceView = try await client.post("devices", DeviceAddition(id: "d1"))
        }
        for model in ["", "tab\there", "\u{1B}[2J", String(repeating: "x", count: 65)] {
          await #expect(throws: ManagerError(.invalid, ""), "\(model)") {
            let _: DeviceView = try await client.post("devices", DeviceAddition(id: "D2", model: model))
          }
        }
        for list in ["audit", "certificates"] {
          await #expect(throws: ManagerError(.invalid, "")) {
            let _: PageView<AuditEntry> = try await client.get(list, query: ["after": "foo"])
          }
        }
        await #expect(throws: ManagerError(.invalid, "")) {
          _ = try await TestGateway.enrol("gw", devices: [], by: client, of: network, names: ["d1.plant.example"])
        }
      }
    }
  }
}
