import Foundation
import Testing

@testable import Gateway

@Suite("A renewed gateway certificate", .timeLimit(.minutes(1)))
struct RenewalTests {
  private let pki: TestPKI
  private let directory: TemporaryDirectory
  private let manager: FakeManager

  init() async throws {
    pki = try TestPKI()
    directory = try TemporaryDirectory()
    manager = try await FakeManager(pki)
    try write(try pki.gateway())
    try directory.write(try pki.anchor.serializeAsPEM().pemString, to: GatewayIdentity.anchorFile)
  }

  private func write(_ identity: TestPKI.Identity) throws {
    try directory.write(identity.key.pemRepresentation, to: GatewayIdentity.keyFile, mode: 0o600)
    try directory.write(try identity.certificate.serializeAsPEM().pemString, to: GatewayIdentity.certificateFile)
  }

  private func start(checkInterval: Duration) throws -> RunningGateway {
    let line = NamedLine(name: LineName("a")!, specification: .unixSocket(path: directory.file("none")))
    return try RunningGateway(pki, managerPort: manager.port, lines: [line]) { configuration in
      configuration.identity = try GatewayIdentity(directory: directory.path)
      configuration.identityCheckInterval = checkInterval
    }
  }

  @Test("The next connection proves it, without a restart")
  func atReconnect() async throws {
    let gateway = try start(checkInterval: .seconds(3_600))
    let connection = try #require(await manager.nextConnection())
    await gateway.waitUntilConnected()
    let renewed = try pki.gateway()
    try write(renewed)
    await connection.close()
    await gateway.waitUntilConnected()
    #expect(await manager.lastSerialNumber() == renewed.certificate.serialNumber)
    try await gateway.stop()
    await manager.kill()
  }

  @Test("It is noticed while the connection stands, which is then made anew at once")
  func whileConnected() async throws {
    let gateway = try start(checkInterval: .milliseconds(20))
    await gateway.waitUntilConnected()
    let renewed = try pki.gateway()
    try write(renewed)
    let notice = await gateway.first { if case .identityRenewed = $0 { true } else { false } }
    #expect(notice == .identityRenewed(notAfter: renewed.certificate.notValidAfter))
    await gateway.waitUntilConnected()
    #expect(await manager.lastSerialNumber() == renewed.certificate.serialNumber)
    #expect(await gateway.gateway.status().certificateNotAfter == renewed.certificate.notValidAfter)
    try await gateway.stop()
    await manager.kill()
  }

  @Test("Files that cannot be used are told of once, and the gateway goes on with what it has")
  func unusable() async throws {
    let gateway = try start(checkInterval: .milliseconds(20))
    await gateway.waitUntilConnected()
    for (broken, word) in [("not this", "gateway.pem"), (try other(), "elsewhere"), (try otherKey(), "TLS")] {
      try directory.write(broken, to: GatewayIdentity.certificateFile)
      let told = await gateway.first {
        if case .identityUnusable(let reason) = $0 { reason.contains(word) } else { false }
      }
      #expect(told != nil, "\(word)")
    }
    let status = await gateway.gateway.status()
    #expect(status.manager.isConnected && status.manager.connections == 1)
    let renewed = try pki.gateway()
    try write(renewed)
    await gateway.waitUntilConnected()
    #expect(await manager.lastSerialNumber() == renewed.certificate.serialNumber)
    try await gateway.stop()
    await manager.kill()
  }

  // A whole and fitting pair, but of another name.
  private func other() throws -> String {
    let identity = try pki.gateway("elsewhere")
    try directory.write(identity.key.pemRepresentation, to: GatewayIdentity.keyFile, mode: 0o600)
    return try identity.certificate.serializeAsPEM().pemString
  }

  // The right name, for a key that is not in the key's file.
  private func otherKey() throws -> String { try pki.gateway().certificate.serializeAsPEM().pemString }
}
