import Foundation
import ManagerBench
import MockCA
import PKI
import Synchronization
import Testing
import X509

@testable import Manager

@Suite("The manager renews its registration authority's certificate")
struct AuthorityRenewalTests {
  @Test("With two thirds of its life behind it the certificate is replaced, without a new code, and orders go on")
  func renewal() async throws {
    let folder = try TemporaryFolder()
    let authority = "\(folder.path)/ca"
    let managerFolder = ManagerFolder("\(folder.path)/manager")
    // TLS looks at the real clock, so that the story ends today.
    let age: TimeInterval = 250 * 86_400
    let clock = VirtualClock(begin: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down) - age))
    try MockCA.initialize(directory: authority, now: clock.now)
    let port = Mutex<Int?>(nil)
    let service = try await MockCA.build(
      MockCAConfiguration(directory: authority, now: { clock.now }) { event in
        if case .listening(let opened) = event { port.withLock { $0 = opened } }
      })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      defer { group.cancelAll() }
      let opened = try await poll("the CA listens") { port.withLock { $0 } }
      let code = try await MockCA.makeCode(directory: authority, now: clock.now)
      try ManagerInitialiser(
        folder: managerFolder, network: "plant", authorityURL: "https://127.0.0.1:\(opened)",
        anchorFile: "\(authority)/ca.pem", code: code.text
      ).run()
      let manager = try Manager(
        configuration: try await ManagerConfiguration.load(folder: managerFolder, environment: [:], flags: [:]),
        clock: clock)
      _ = try await manager.identity.refresh()
      let first = try #require(manager.identity.registrationAuthority.current).certificate
      clock.advance(by: .seconds(age))
      #expect(RenewalRule.isDue(try #require(try await active(manager)), now: clock.now))
      _ = try await manager.identity.refresh()
      let second = try #require(manager.identity.registrationAuthority.current).certificate
      #expect(second.serialNumber != first.serialNumber)
      #expect(second.notValidAfter > first.notValidAfter)
      let record = try #require(try await active(manager))
      #expect(record.serial == second.serialNumber.hexadecimal)
      #expect(!RenewalRule.isDue(record, now: clock.now))
      await manager.shutdown()
    }
  }

  private func active(_ manager: Manager) async throws -> CertificateRecord? {
    try await manager.ledger.store.activeCertificate(of: .manager(.registrationAuthority))
  }
}
