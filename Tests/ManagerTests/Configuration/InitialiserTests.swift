import Foundation
import PKI
import TestKit
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

  @Test("An intermediate, or a leaf, is no anchor")
  func noAnchor() throws {
    let authority = try TestAuthority(now: Date())
    let request = try CertificationRequest(subject: Subject(commonName: "x"), key: SigningKey())
    var bad = initialiser
    bad.anchorFile = "\(folder.path)/leaf.pem"
    let leaf = try authority.issue(request, profile: .responder).certificate
    try DurableFile.create(bad.anchorFile, bytes: Array(leaf.pem.utf8))
    let error = #expect(throws: ManagerError(.invalid, "")) { try bad.run() }
    #expect(error?.reason.contains("anchor") == true)
    #expect(!FileManager.default.fileExists(atPath: initialiser.folder.path))
  }

  @Test(
    "A URI that names no key in a token is refused before anything is written, and a token that is not there is told as that"
  )
  func badToken() throws {
    var bad = initialiser
    let uri = "pkcs11:token=nowhere;object=ra?module-path=\(SoftHSM.module)"
    bad.registrationAuthorityKey = uri + "&pin-value=1234"
    let error = #expect(throws: ManagerError(.invalid, "")) { try bad.run() }
    #expect(error?.reason.contains("PIN") == true)
    #expect(!FileManager.default.fileExists(atPath: initialiser.folder.path))
    try #require(SoftHSM.isReady, "SoftHSM2 does not work here: run `make setup`")
    bad.registrationAuthorityKey = uri
    #expect(throws: ManagerError(.unreachable, "")) { try bad.run() }
    #expect(!FileManager.default.fileExists(atPath: initialiser.folder.registrationAuthorityKey))
    // What an attempt left does not stand in the way of the next.
    try initialiser.run()
  }

  @Test("A new code goes into the folder of a manager, 0600, and nowhere else; what is no code is refused")
  func newCode() throws {
    #expect(throws: ManagerError(.notFound, "")) { try initialiser.folder.giveAuthorityCode(initialiser.code) }
    try initialiser.run()
    let code = OneTimeCode.random().text
    #expect(throws: ManagerError(.invalid, "")) { try initialiser.folder.giveAuthorityCode("1234") }
    try initialiser.folder.giveAuthorityCode("\(code)\n")
    #expect(try String(contentsOfFile: initialiser.folder.authorityCode, encoding: .utf8) == code)
    let mode = try FileManager.default.attributesOfItem(atPath: initialiser.folder.authorityCode)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test(
    "It makes the EDHOC key; a next one is made and takes its place when asked, its public half beside it"
  )
  func keys() throws {
    let folder = initialiser.folder
    #expect(throws: ManagerError(.notFound, "")) { _ = try folder.publicKeys() }
    try initialiser.run()
    let mode = try FileManager.default.attributesOfItem(atPath: folder.sessionKey)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    let first = try folder.publicKeys()
    #expect(first.map(\.role) == ["current"])
    #expect(try String(contentsOfFile: folder.sessionPublicKey, encoding: .utf8) == first[0].pem)
    #expect(throws: ManagerError(.notFound, "")) { try folder.rotateKeys() }
    let both = try folder.publicKeys(makingNext: true)
    #expect(both.map(\.role) == ["current", "next"])
    #expect(both[0] == first[0])
    #expect(try folder.publicKeys(makingNext: true) == both)
    try folder.rotateKeys()
    #expect(try folder.publicKeys().map(\.thumbprint) == [both[1].thumbprint])
    #expect(try String(contentsOfFile: folder.sessionPublicKey, encoding: .utf8) == both[1].pem)
  }

  @Test("Keys are not rotated under a running manager; to print them, or to make the next, none has to end")
  func rotationIsLocked() throws {
    let folder = initialiser.folder
    try initialiser.run()
    let running = try folder.lock()
    let keys = try folder.publicKeys(makingNext: true)
    #expect(throws: ManagerError(.conflict, "")) { try folder.rotateKeys() }
    #expect(try folder.publicKeys() == keys)
    withExtendedLifetime(running) {}
  }

  @Test("Bad values are refused before anything is written")
  func badValues() throws {
    let spoilers: [(inout ManagerInitialiser) -> Void] = [
      { $0.network = "" }, { $0.network = "a\"b" }, { $0.network = String(repeating: "x", count: 33) },
      { $0.authorityURL = "http://ca" }, { $0.authorityURL = "https://" }, { $0.code = "1234" },
      { $0.nameSuffix = "Plant" }, { $0.nameSuffix = "a..b" }, { $0.authorityURL = "https://ca.example/est" },
      { $0.authorityURL = "https://ca.example?x=1" }, { $0.authorityURL = "https://me@ca.example" },
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
