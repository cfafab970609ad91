import CoAP
import CoAPStream
import Foundation
import PKI
import SwiftASN1
import Testing
import X509

@testable import Manager

@Suite("The whole way, with a real CA, real TLS and a real gateway's connection", .serialized)
struct WholeWayTests {
  @Test("Two devices behind a gateway end active; the evidence is theirs byte for byte", .timeLimit(.minutes(2)))
  func twoDevices() async throws {
    let network = try await LiveNetwork()
    let devices = [try ScriptedDevice("D1"), try ScriptedDevice("D2")]
    try await network.withAuthority {
      try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: devices, by: client, of: network)
        try await gateway.connected(to: address) { connection in
          for device in devices {
            let serial = try await Self.enrol(device, gateway, connection, client)
            try await Self.checkEvidence(of: device, serial: serial, client)
          }
        }
        let status: StatusView = try await client.get("status")
        #expect(status.devices == ["active": 2])
        #expect(status.registrationAuthorityUntil != nil)
        let audit: PageView<AuditEntry> = try await client.get("audit", query: ["limit": "500"])
        #expect(
          audit.items.filter { $0.action == "device-approved" }.map(\.actor) == [
            "administrator admin", "administrator admin",
          ])
      }
    }
    // The code is spent and gone, and no file of ours is open to others.
    #expect(!FileManager.default.fileExists(atPath: network.managerFolder.authorityCode))
    for key in [network.managerFolder.registrationAuthorityKey, network.managerFolder.adminAuthorityKey] {
      let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(key)")
    }
  }

  @Test(
    "Ended at any step and started again, the manager goes on: one certificate for the device's one key",
    .timeLimit(.minutes(2)), arguments: ["approved", "csr-requested", "ordered", "delivered"])
  func restart(at step: String) async throws {
    let network = try await LiveNetwork()
    let device = try ScriptedDevice("D1")
    try await network.withAuthority {
      let gateway = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [device], by: client, of: network)
        try await gateway.connected(to: address) { connection in
          _ = try await gateway.send(try device.registration(), of: device, over: connection)
          let _: DeviceView = try await client.post("devices/D1/approve")
          _ = try await poll("the device is \(step)") { network.events.all.first { $0.to == step } }
        }
        return gateway
      }
      try await network.withManager { client, address in
        try await gateway.connected(to: address) { connection in
          _ = try await Self.enrol(device, gateway, connection, client)
        }
        let all: PageView<CertificateView> = try await client.get("certificates", query: ["device": "D1"])
        #expect(all.items.map(\.state) == [.active])
      }
    }
  }

  @Test(
    "Any start order: without a CA the admin API is there, the gateways' side comes when the CA does",
    .timeLimit(.minutes(2)))
  func authorityComesLate() async throws {
    let network = try await LiveNetwork()
    // The first time only makes the manager's folder.
    try await network.withAuthority {}
    let configuration = try await ManagerConfiguration.load(
      folder: network.managerFolder, environment: [:],
      flags: ["admin.listen": "127.0.0.1:0", "gateways.listen": "127.0.0.1:0", "ca.url": "https://127.0.0.1:1"])
    let manager = try Manager(configuration: configuration) { network.events.append($0) }
    let task = Task { try await manager.run() }
    let waiting = try await poll("it says that it waits") { network.events.first(.waiting, from: 0) }
    #expect(waiting.role == "ra")
    #expect(network.events.first(.ready, from: 0) == nil)
    // Whoever let the system choose the port learns it all the same, and is served.
    let listening = try #require(network.events.first(.listening, from: 0))
    let status: StatusView = try await AdminClient.with(
      manager: "https://\(listening.admin ?? "")", credentials: network.managerFolder.credentials
    ) { try await $0.get("status") }
    #expect(status.registrationAuthorityUntil == nil)
    task.cancel()
    try await task.value
    #expect(network.events.all.last?.event == .stopping)
    #expect(!network.events.all.contains { $0.detail?.contains("Cancellation") == true })
  }

  @Test("Two managers never run on one folder")
  func lock() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager { _, _ in
        let configuration = try await ManagerConfiguration.load(folder: network.managerFolder, environment: [:])
        #expect(throws: ManagerError(.conflict, "")) { try Manager(configuration: configuration) }
      }
    }
  }

  /// Does a device's and an administrator's part until the device is active.
  ///
  /// - Returns: the certificate's serial number.
  static func enrol(
    _ device: ScriptedDevice, _ gateway: TestGateway, _ connection: CoAPConnection, _ client: AdminClient
  ) async throws -> String {
    try await poll("\(device.id) is active") {
      let answer = try await gateway.send(try device.registration(), of: device, over: connection)
      guard answer.code == .changed else { return nil }
      if let report = try device.report() { _ = try await gateway.send(report, of: device, over: connection) }
      let view: DeviceView = try await client.get("devices/\(device.id)")
      if view.state == .pending { let _: DeviceView = try await client.post("devices/\(device.id)/approve") }
      return view.state == .active ? view.serial : nil
    }
  }

  private static func checkEvidence(of device: ScriptedDevice, serial: String, _ client: AdminClient) async throws {
    let path = "certificates/\(serial)"
    let certificate = try Certificate(
      pemEncoded: String(decoding: try await client.bytes("\(path)/pem"), as: UTF8.self))
    #expect(try certificate.der == device.certificate)
    let csr = try await client.bytes("\(path)/csr")
    #expect(try CertificationRequest(csr).subject.serialNumber == device.id.text)
    let order = try await client.bytes("\(path)/order")
    #expect(order.firstRange(of: csr) != nil)
    let report = try DeviceReport(try await client.bytes("\(path)/report"))
    #expect(report.serial == serial)
    let chain = String(decoding: try await client.bytes("\(path)/chain"), as: UTF8.self)
    #expect(chain.contains("BEGIN CERTIFICATE"))
  }
}
