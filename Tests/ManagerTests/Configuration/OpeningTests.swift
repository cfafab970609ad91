import Foundation
import PKI
import Testing

@testable import Manager

@Suite("Opening a manager's folder")
struct OpeningTests {
  @Test(
    "What is wrong with the files it is given is said before database and admin CA are made",
    arguments: ["ca-anchor.pem", "keys/edhoc.key", "trust.cose"])
  func wrongFile(_ file: String) async throws {
    let folder = try TemporaryFolder()
    let managerFolder = try ManagerFolder.made(in: folder)
    try DurableFile.replace("\(managerFolder.path)/\(file)", bytes: Array("garbage".utf8), mode: 0o600)
    var configuration = try await ManagerConfiguration.load(folder: managerFolder, environment: [:], flags: [:])
    configuration.trustDescriptor = file == "trust.cose" ? "\(managerFolder.path)/\(file)" : nil
    #expect(throws: ManagerError.self) { try Manager(configuration: configuration) }
    let files = FileManager.default
    #expect(!files.fileExists(atPath: managerFolder.database))
    #expect(!files.fileExists(atPath: "\(managerFolder.credentials)/ca.pem"))
  }

  @Test("What the manager is made of stays out of the log")
  func description() async throws {
    let folder = try TemporaryFolder()
    let managerFolder = try ManagerFolder.made(in: folder)
    let configuration = ManagerConfiguration(
      folder: managerFolder, network: "plant", authorityURL: "https://127.0.0.1:1",
      authorityAnchor: managerFolder.authorityAnchor)
    let manager = try Manager(configuration: configuration)
    #expect("\(manager)" == "the manager of network plant")
    #expect(String(reflecting: manager) == "the manager of network plant")
    await manager.shutdown()
  }
}
