import Foundation
import PKI
import Testing
import X509

@testable import Manager

@Suite("The administrators' own CA")
struct AdminAuthorityTests {
  let folder: TemporaryFolder
  let now = Date(timeIntervalSince1970: 1_800_000_000)
  var managerFolder: ManagerFolder { ManagerFolder(folder.path) }

  init() throws { folder = try TemporaryFolder() }

  private func open(at now: Date) throws -> AdminAuthority {
    try managerFolder.create()
    return try AdminAuthority.open(managerFolder, network: "plant", now: now)
  }

  @Test("The first start makes it with one administrator, and later starts leave both alone")
  func firstStart() throws {
    let first = try open(at: now)
    let admin = try #require(try Certificate.readPEM("\(managerFolder.credentials)/admin.pem").first)
    #expect(admin.commonName == "admin")
    #expect(admin.issuer == first.anchor.subject)
    for key in [managerFolder.adminAuthorityKey, "\(managerFolder.credentials)/admin.key"] {
      let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
    #expect(try open(at: now + 60).anchor == first.anchor)
    #expect(try Certificate.readPEM("\(managerFolder.credentials)/admin.pem").first == admin)
  }

  @Test("An administrator's certificate near its end is made anew for the same key")
  func renewal() throws {
    _ = try open(at: now)
    let old = try #require(try Certificate.readPEM("\(managerFolder.credentials)/admin.pem").first)
    _ = try open(at: now + 350 * 86_400)
    let new = try #require(try Certificate.readPEM("\(managerFolder.credentials)/admin.pem").first)
    #expect(new != old)
    #expect(new.publicKey == old.publicKey)
  }

  @Test("Names and addresses of the listener stand in its certificate as what they are")
  func serverNames() throws {
    let names = SubjectNames(["Localhost", "127.0.0.1", "::1", "x.example"])
    #expect(names.dnsNames == ["localhost", "x.example"])
    #expect(names.ipAddresses == [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]])
    let (key, certificate) = try open(at: now).serverCredentials(names: ["localhost", "127.0.0.1"], now: now)
    #expect(certificate.publicKey == .init(key.publicKey))
    #expect(try certificate.extensions.subjectAlternativeNames?.count == 2)
  }
}
