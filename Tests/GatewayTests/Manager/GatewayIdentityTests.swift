import Foundation
import NIOSSL
import Testing
import X509

@testable import Gateway

@Suite("A gateway's identity")
struct GatewayIdentityTests {
  private let directory: TemporaryDirectory
  private let pki: TestPKI

  init() throws {
    directory = try TemporaryDirectory()
    pki = try TestPKI()
    let identity = try pki.gateway("Site-1")
    try directory.write(identity.key.pemRepresentation, to: GatewayIdentity.keyFile, mode: 0o600)
    try directory.write(try identity.certificate.serializeAsPEM().pemString, to: GatewayIdentity.certificateFile)
    try directory.write(try pki.anchor.serializeAsPEM().pemString, to: GatewayIdentity.anchorFile)
  }

  @Test("It is read from its directory, and its name is the certificate's, in lower case")
  func read() throws {
    let identity = try GatewayIdentity(directory: directory.path)
    #expect(identity.name == "site-1")
    #expect(identity.notAfter > .now)
  }

  @Test(
    "A file that is missing is named, and what to do",
    arguments: [GatewayIdentity.keyFile, GatewayIdentity.certificateFile, GatewayIdentity.anchorFile])
  func missing(file: String) throws {
    try FileManager.default.removeItem(atPath: directory.file(file))
    let error = #expect(throws: GatewayError.self) { try GatewayIdentity(directory: directory.path) }
    #expect(error?.code == .badIdentity)
    #expect(error?.reason.contains(file) == true)
    #expect(error?.advice.contains("muster gateway enrol") == true)
  }

  @Test(
    "A file that is something else is refused",
    arguments: [GatewayIdentity.keyFile, GatewayIdentity.certificateFile, GatewayIdentity.anchorFile])
  func wrong(file: String) throws {
    try directory.write("not this", to: file, mode: 0o600)
    let error = #expect(throws: GatewayError.self) { try GatewayIdentity(directory: directory.path) }
    #expect(error?.code == .badIdentity)
  }

  @Test("A key that others can read is refused", arguments: [0o644, 0o640, 0o604, 0o660])
  func openKey(mode: Int) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: directory.file(GatewayIdentity.keyFile))
    let error = #expect(throws: GatewayError.self) { try GatewayIdentity(directory: directory.path) }
    #expect(error?.reason.contains("others") == true)
  }

  @Test("No anchor never means that anybody is trusted")
  func noAnchor() throws {
    let identity = try pki.gateway()
    #expect(throws: GatewayError(.badIdentity, "", advice: "")) {
      try GatewayIdentity(chain: identity.tlsChain, key: identity.tlsKey, anchors: [])
    }
  }
}
