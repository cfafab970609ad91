import CoAP
import Foundation
import PKI
import Testing

@testable import Manager

/// docs/manager.md, 'When the manager is lost', step by step, with the commands that stand there.
@Suite("A lost manager is rebuilt", .serialized, .timeLimit(.minutes(3)))
struct LostManagerTests {
  private let network: LiveNetwork
  private let owner: OwnerDesk
  private let anchor: String

  init() async throws {
    network = try await LiveNetwork()
    owner = try OwnerDesk("\(network.folder.path)/owner")
    anchor = "\(network.authority)/ca.pem"
  }

  private var folder: ManagerFolder { network.managerFolder }

  @Test("From its backup: devices find it again by the same key, with what it knew of them at the time")
  func fromBackup() async throws {
    let (early, late) = (try KitDevice("D1"), try KitDevice("D2"))
    let backup = ManagerFolder("\(network.folder.path)/backup")
    let (network, owner, folder) = (network, owner, folder)
    let anchor = anchor
    try await network.withAuthority {
      let descriptor = try owner.sign("1", anchor: anchor, managerKeys: [folder.sessionPublicKey])
      for device in [early, late] { #expect(try device.provision(by: owner, descriptor) == .changed) }
      let (gateway, serial) = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        return try await KitSite.connected(gateway, [early, late], to: address, client) { site in
          let active = try await site.enrol(early)
          try owner.muster("manager", "backup", "--dir", folder.path, "--to", backup.path)
          _ = try await site.enrol(late)
          return (gateway, active.serial)
        }
      }
      try FileManager.default.removeItem(atPath: folder.path)
      try FileManager.default.copyItem(atPath: backup.path, toPath: folder.path)
      try await network.withManager { client, address in
        try await KitSite.connected(gateway, [early, late], to: address, client) { site in
          #expect(try await site.enter(early))
          let known: DeviceView = try await client.get("devices/D1")
          #expect(known.state == .active && known.serial == serial)
          // What came after the backup is new to it: the key proves itself, and an administrator decides once more.
          #expect(try await site.enter(late))
          let stranger: DeviceView = try await client.get("devices/D2")
          #expect(stranger.state == .pending)
          #expect(try await site.enrol(late).serial != nil)
        }
      }
    }
  }

  @Test(
    "From the spare key in the owner's safe and the factory list: devices believe it already, and are enrolled anew")
  func fromSpareKey() async throws {
    let device = try KitDevice("D1")
    let (spare, list) = ("\(owner.folder)/spare.key", "\(owner.folder)/factory.csv")
    try "id,thumbprint,model\nD1,\(device.key.thumbprint.text),memory\n".write(
      toFile: list, atomically: true, encoding: .utf8)
    let (network, owner, folder) = (network, owner, folder)
    let anchor = anchor
    try await network.withAuthority {
      // Beforehand.
      let keys = [
        try owner.publicKey("current", of: folder, "--make-next"), try owner.publicKey("next", of: folder),
      ]
      let first = try owner.sign("1", anchor: anchor, managerKeys: keys)
      try FileManager.default.moveItem(atPath: folder.nextSessionKey, toPath: spare)
      #expect(try device.provision(by: owner, first) == .changed)
      let serial = try await network.withManager { client, address in
        try owner.importList(list, network)
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        return try await KitSite.connected(gateway, [device], to: address, client) { try await $0.enrol(device).serial }
      }
      // The loss, and the way back.
      try FileManager.default.removeItem(atPath: folder.path)
      try Self.initialise(folder, network, owner, anchor)
      try FileManager.default.copyItem(atPath: spare, toPath: folder.nextSessionKey)
      try owner.muster("manager", "keys", "--dir", folder.path, "--rotate")
      let next = try owner.publicKey("next", of: folder, "--make-next")
      let second = try owner.rotate(first, "2", "--promote", "manager-key", "--next-manager-key", next)
      try await network.withManager(flags: ["trust.descriptor": second]) { client, address in
        try owner.importList(list, network)
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        try await KitSite.connected(gateway, [device], to: address, client) { site in
          let renewed = try await site.enrol(device)
          #expect(renewed.serial != nil && renewed.serial != serial)
          _ = try await poll("the device has the new descriptor") {
            let audit: PageView<AuditEntry> = try await client.get("audit", query: ["limit": "500"])
            return audit.items.first { $0.action == "trust-delivered" && $0.detail["epoch"] == "2" }
          }
        }
      }
    }
  }

  @Test("Without any key that devices believe no message helps: each is reset in the hand, and provisioned again")
  func withoutKey() async throws {
    let device = try KitDevice("D1")
    let (network, owner, folder) = (network, owner, folder)
    let anchor = anchor
    try await network.withAuthority {
      let first = try owner.sign("1", anchor: anchor, managerKeys: [folder.sessionPublicKey])
      #expect(try device.provision(by: owner, first) == .changed)
      let old = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        return try await KitSite.connected(gateway, [device], to: address, client) {
          try await $0.enrol(device).thumbprint
        }
      }
      try FileManager.default.removeItem(atPath: folder.path)
      try Self.initialise(folder, network, owner, anchor)
      let second = try owner.rotate(first, "2", "--replace-manager-key", folder.sessionPublicKey)
      try await network.withManager(flags: ["trust.descriptor": second]) { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        try await KitSite.connected(gateway, [device], to: address, client) { site in
          #expect(try await !site.enter(device), "it does not know this manager")
          #expect(try device.provision(by: owner, second) == .unauthorized, "not even from its owner, in clear")
          try device.resetPhysically()
          #expect(device.key.thumbprint.text != old)
          #expect(try device.provision(by: owner, second) == .changed)
          #expect(try await site.enrol(device).serial != nil)
        }
      }
    }
  }

  /// A new folder, as for a first manager, with a new one-time code of the CA.
  private static func initialise(
    _ folder: ManagerFolder, _ network: LiveNetwork, _ owner: OwnerDesk, _ anchor: String
  ) throws {
    let code = "\(owner.folder)/code"
    try Data(owner.muster("ca", "code", "--dir", network.authority)).write(to: URL(filePath: code))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: code)
    try owner.muster(
      "manager", "init", "--dir", folder.path, "--network", "plant", "--ca", network.authorityURL, "--ca-anchor",
      anchor, "--ca-code-file", code)
  }
}

extension OwnerDesk {
  /// Imports a factory list into the manager that runs.
  func importList(_ list: String, _ network: LiveNetwork) throws {
    let admin = network.events.all.last { $0.event == .ready }?.admin ?? ""
    try muster(
      "device", "import", list, "--manager", "https://\(admin)", "--credentials", network.managerFolder.credentials)
  }
}

extension KitDevice {
  func provision(by owner: OwnerDesk, _ descriptor: String) throws -> Code? {
    try provision(root: owner.root, Array(try Data(contentsOf: URL(filePath: descriptor))))
  }
}
