import Foundation
import NIOCore
import NIOPosix
import PKI
import Testing

@testable import Manager

@Suite("Looking at a configuration before it is run")
struct ConfigurationCheckTests {
  private let folder: TemporaryFolder
  private let managerFolder: ManagerFolder

  init() throws {
    folder = try TemporaryFolder()
    managerFolder = try ManagerFolder.made(in: folder)
  }

  private func check(_ environment: [String: String] = [:], now: Date = Date()) async -> ConfigurationCheck {
    let ports = ["MUSTER_ADMIN_LISTEN": "127.0.0.1:0", "MUSTER_GATEWAYS_LISTEN": "127.0.0.1:0"]
    return await ConfigurationCheck(
      folder: managerFolder, environment: ports.merging(environment) { $1 }, now: now)
  }

  /// The parts that are wrong.
  private func wrong(_ check: ConfigurationCheck) -> [String] { check.findings.filter { !$0.isGood }.map(\.part) }

  @Test("A new manager's folder is good, and looking at it makes neither database nor credentials")
  func good() async throws {
    let check = await check()
    #expect(check.isGood)
    #expect(
      check.findings.map(\.part)
        == ["configuration", "keys", "anchor", "session keys", "admin listener", "gateway listener"])
    #expect(!FileManager.default.fileExists(atPath: managerFolder.database))
    #expect(!FileManager.default.fileExists(atPath: managerFolder.lockFile))
    #expect(!FileManager.default.fileExists(atPath: "\(managerFolder.credentials)/ca.pem"))
  }

  @Test("A configuration that cannot be read is said with its line, and nothing else is looked at")
  func unreadable() async throws {
    try Data("network: plant\nca: [\n".utf8).write(to: URL(filePath: managerFolder.configuration))
    let check = await check()
    #expect(check.findings.count == 1)
    #expect(wrong(check) == ["configuration"])
    let detail = try #require(check.findings.first?.detail)
    #expect(detail.contains("line 3"))
    #expect(!detail.contains("\n"))
  }

  @Test("Everything that is wrong is found in one look")
  func several() async throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: managerFolder.sessionKey)
    try DurableFile.replace(managerFolder.authorityAnchor, bytes: Array("garbage".utf8))
    let check = await check(["MUSTER_CONNECTOR": "local"])
    #expect(wrong(check) == ["keys", "anchor", "session keys", "sub-CA"])
    #expect(check.findings.filter { !$0.isGood }.allSatisfy { !$0.detail.isEmpty })
  }

  @Test("An anchor that ended, and a descriptor that is none")
  func ended() async throws {
    #expect(wrong(await check(now: Date(timeIntervalSinceNow: 100 * 366 * 86_400))) == ["anchor"])
    try DurableFile.create("\(folder.path)/trust.cose", bytes: [1, 2, 3])
    #expect(wrong(await check(["MUSTER_TRUST_DESCRIPTOR": "\(folder.path)/trust.cose"])) == ["session keys"])
  }

  @Test("A port that another process has, and two listeners on one address")
  func ports() async throws {
    let busy = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
      host: "127.0.0.1", port: 0
    ).get()
    let address = "127.0.0.1:\(busy.localAddress?.port ?? 0)"
    let taken = await check(["MUSTER_GATEWAYS_LISTEN": address])
    #expect(wrong(taken) == ["gateway listener"])
    #expect(taken.findings.last?.detail.contains("another process listens there") == true)
    try await busy.close()
    #expect(
      wrong(await check(["MUSTER_ADMIN_LISTEN": address, "MUSTER_OPERATIONS_LISTEN": address]))
        == ["operations listener"])
  }

  @Test("While a manager runs on the folder its ports are left alone")
  func running() async throws {
    let lock = try managerFolder.lock()
    let check = await check()
    #expect(check.isGood)
    #expect(check.findings.last?.detail.contains("a manager is running") == true)
    withExtendedLifetime(lock) {}
  }
}
