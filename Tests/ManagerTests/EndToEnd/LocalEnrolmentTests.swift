import Foundation
import MockCA
import PKI
import TestKit
import Testing

@testable import Manager

/// docs/manager.md, 'A CA of its own', with the commands that stand there.
@Suite("A manager with a sub-CA", .serialized, .timeLimit(.minutes(2)))
struct LocalEnrolmentTests {
  @Test("DeviceKit's device is enrolled under the delegated sub-CA, and the CA never hears of it")
  func enrols() async throws {
    let network = try await LiveNetwork()
    let owner = try OwnerDesk("\(network.folder.path)/owner")
    let device = try KitDevice("D1")
    let folder = network.managerFolder
    let anchor = "\(network.authority)/ca.pem"
    let (csr, chain) = ("\(network.folder.path)/manager-ca.csr", "\(network.folder.path)/chain.pem")
    try await network.withAuthority {
      let yaml = try String(contentsOfFile: folder.configuration, encoding: .utf8)
      try (yaml + "nameSuffix: plant.test\nconnector: local\n").write(
        toFile: folder.configuration, atomically: true, encoding: .utf8)
      await #expect(throws: ManagerError.self, "there is no sub-CA yet") {
        try await network.withManager { _, _ in }
      }
      try Data(try owner.muster("manager", "sub-ca", "request", "--dir", folder.path)).write(
        to: URL(filePath: csr))
      try owner.muster(
        "ca", "delegate", "--dir", network.authority, "--csr", csr, "--domain", "plant.test", "--out", chain)
      try owner.muster("manager", "sub-ca", "install", "--dir", folder.path, "--chain", chain)
      let descriptor = try owner.sign("1", anchor: anchor, managerKeys: [folder.sessionPublicKey])
      #expect(try device.provision(by: owner, descriptor) == .changed)
      let (leaf, path) = try await network.withManager { client, address in
        let gateway = try await TestGateway.enrol("gw", devices: [], by: client, of: network)
        return try await KitSite.connected(gateway, [device], to: address, client) { site in
          let serial = try #require(try await site.enrol(device).serial)
          // No CA was asked, so that no order can be shown.
          let bundle = EvidenceBundle(
            certificate: "", chain: "", request: [], order: try await client.bytes("certificates/\(serial)/order"),
            report: [])
          #expect(!bundle.isOrdered)
          return (
            try await client.bytes("certificates/\(serial)/pem"), try await client.bytes("certificates/\(serial)/chain")
          )
        }
      }
      let scratch = try Scratch()
      _ = try Tool.run(
        "openssl",
        [
          "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", anchor, "-untrusted",
          try scratch.write("chain.pem", path), try scratch.write("leaf.pem", leaf),
        ])
      #expect(path == Array(try String(contentsOfFile: chain, encoding: .utf8).utf8))
      var query = CertificateQuery(now: Date())
      query.profile = "device"
      try await MockCA.certificates(directory: network.authority, query) {
        Issue.record("the CA issued \($0.subject)")
      }
    }
  }
}
