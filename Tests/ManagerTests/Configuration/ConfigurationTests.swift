import Foundation
import Testing

@testable import Manager

@Suite("The manager's configuration")
struct ConfigurationTests {
  let folder: TemporaryFolder
  var managerFolder: ManagerFolder { ManagerFolder(folder.path) }

  init() throws { folder = try TemporaryFolder() }

  private func load(
    _ yaml: String, environment: [String: String] = [:], flags: [String: String] = [:]
  ) async throws -> ManagerConfiguration {
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: managerFolder.configuration))
    return try await ManagerConfiguration.load(folder: managerFolder, environment: environment, flags: flags)
  }

  private let good = """
    network: plant
    nameSuffix: plant.example
    ca:
      url: https://ca.example:9443
    gateways:
      names: [a.example, 10.0.0.1]
    enrolment:
      pendingLimit: 7
    """

  @Test("What the file says counts, and the rest has good values")
  func file() async throws {
    let configuration = try await load(good)
    #expect(configuration.network == "plant")
    #expect(configuration.nameSuffix == "plant.example")
    #expect(configuration.authorityURL == "https://ca.example:9443")
    #expect(configuration.authorityAnchor == "\(folder.path)/ca-anchor.pem")
    #expect(configuration.gatewayNames == ["a.example", "10.0.0.1"])
    #expect(configuration.pendingLimit == 7)
    #expect(configuration.admin.description == "127.0.0.1:8443")
    #expect(configuration.gateways.description == "127.0.0.1:5684")
  }

  @Test("Flags win over the environment, that over the file")
  func precedence() async throws {
    let environment = [
      "MUSTER_CA_URL": "https://env.example", "MUSTER_ADMIN_LISTEN": "127.0.0.1:1", "MUSTER_NAME_SUFFIX": "env.example",
      "MUSTER_ENROLMENT_PENDING_LIMIT": "9", "MUSTER_GATEWAYS_NAMES": "x.example,y.example",
    ]
    let configuration = try await load(good, environment: environment, flags: ["admin.listen": "[::1]:2"])
    #expect(configuration.authorityURL == "https://env.example")
    #expect(configuration.admin == ListenAddress(host: "::1", port: 2))
    #expect(configuration.nameSuffix == "env.example")
    #expect(configuration.pendingLimit == 9)
    #expect(configuration.gatewayNames == ["x.example", "y.example"])
  }

  @Test(
    "An unknown key is refused by name, with the known ones",
    arguments: ["netwrok: x", "admin:\n  lisen: y", "log:\n  level:\n    x: 1"])
  func unknownKey(_ line: String) async throws {
    let error = await #expect(throws: ManagerError(.configuration, "")) { _ = try await load(good + "\n" + line) }
    #expect(error?.remedy?.contains("ca.url") == true)
    #expect(error?.code.exitStatus == 78)
  }

  @Test("So is an unknown variable in one of our sections, and others' variables are none of our business")
  func unknownVariable() async throws {
    await #expect(throws: ManagerError(.configuration, "")) {
      _ = try await load(good, environment: ["MUSTER_CA_ULR": "x"])
    }
    _ = try await load(good, environment: ["MUSTER_CREDENTIALS": "x", "HOME": "/"])
  }

  @Test(
    "A value that cannot be is refused, never replaced by a default",
    arguments: [
      "admin:\n  listen: nowhere", "admin:\n  listen: host:99999", "log:\n  level: loud", "gateways:\n  names: []",
    ])
  func badValue(_ line: String) async throws {
    await #expect(throws: ManagerError(.configuration, "")) {
      _ = try await load("network: plant\nca:\n  url: https://ca.example\n" + line)
    }
  }

  @Test("A missing network or CA, a CA without TLS, and a number that is none are refused")
  func missing() async throws {
    for yaml in [
      "ca:\n  url: https://x", "network: x", "network: x\nca:\n  url: http://x", good.replacing("7", with: "many"),
      "- a",
    ] {
      await #expect(throws: ManagerError(.configuration, ""), "\(yaml)") { _ = try await load(yaml) }
    }
    await #expect(throws: ManagerError(.unreadableFile, "")) {
      _ = try await ManagerConfiguration.load(folder: ManagerFolder("/nowhere"), environment: [:])
    }
  }

  @Test("The variables are what docs/manager.md says")
  func variables() {
    #expect(ConfigurationKey.nameSuffix.variable == "MUSTER_NAME_SUFFIX")
    #expect(ConfigurationKey.authorityURL.variable == "MUSTER_CA_URL")
    #expect(ConfigurationKey.newDevicesPerMinute.variable == "MUSTER_ENROLMENT_NEW_DEVICES_PER_MINUTE")
  }
}
