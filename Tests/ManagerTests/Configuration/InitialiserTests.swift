import Foundation
import PKI
import Testing

@testable import Manager

@Suite("muster manager init")
struct InitialiserTests {
  let folder: TemporaryFolder
  let initialiser: ManagerInitialiser

  init() throws {
    folder = try TemporaryFolder()
    let anchor = "\(folder.path)/anchor.pem"
    try DurableFile.create(anchor, bytes: Array(try TestAuthority(now: Date()).anchor.pem.utf8))
    initialiser = ManagerInitialiser(
      folder: ManagerFolder("\(folder.path)/manager"), network: "plant 7", authorityURL: "https://ca.example:1",
      anchorFile: anchor, code: OneTimeCode.random().text, nameSuffix: "plant.example")
  }

  @Test("It leaves a configuration that loads, and the code for nobody else to read")
  func makes() async throws {
    try initialiser.run()
    let configuration = try await ManagerConfiguration.load(folder: initialiser.folder, environment: [:])
    #expect(configuration.network == "plant 7")
    #expect(configuration.nameSuffix == "plant.example")
    #expect(configuration.authorityURL == "https://ca.example:1")
    let mode = try FileManager.default.attributesOfItem(atPath: initialiser.folder.authorityCode)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    let text = try String(contentsOfFile: initialiser.folder.configuration, encoding: .utf8)
    #expect(!text.contains(initialiser.code))
  }

  @Test("A second time it refuses and changes nothing")
  func again() throws {
    try initialiser.run()
    var other = initialiser
    other.network = "other"
    #expect(throws: ManagerError(.alreadyExists, "")) { try other.run() }
    #expect(try String(contentsOfFile: initialiser.folder.configuration, encoding: .utf8).contains("plant 7"))
  }

  @Test("Bad values are refused before anything is written")
  func badValues() throws {
    let spoilers: [(inout ManagerInitialiser) -> Void] = [
      { $0.network = "" }, { $0.network = "a\"b" }, { $0.network = String(repeating: "x", count: 33) },
      { $0.authorityURL = "http://ca" }, { $0.authorityURL = "https://" }, { $0.code = "1234" },
      { $0.nameSuffix = "Plant" }, { $0.nameSuffix = "a..b" },
    ]
    for spoil in spoilers {
      var bad = initialiser
      spoil(&bad)
      #expect(throws: ManagerError(.invalid, "")) { try bad.run() }
    }
    var bad = initialiser
    bad.anchorFile = "/nowhere.pem"
    #expect(throws: ManagerError(.unreadableFile, "")) { try bad.run() }
    #expect(!FileManager.default.fileExists(atPath: initialiser.folder.path))
  }
}
