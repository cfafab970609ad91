import Foundation
import NIOCore
import NIOPosix
import PKI
import Testing

@testable import Manager

@Suite("Listening, or saying at once why not", .serialized)
struct ListeningTests {
  /// Runs a manager whose CA is not there, with these addresses, and gives what it ended with.
  private func end(
    admin: String, gateways: String, before: (ManagerFolder) throws -> Void = { _ in }
  ) async throws -> ManagerError? {
    let folder = try TemporaryFolder()
    let managerFolder = try ManagerFolder.made(in: folder)
    try before(managerFolder)
    let configuration = try await ManagerConfiguration.load(
      folder: managerFolder, environment: [:], flags: ["admin.listen": admin, "gateways.listen": gateways])
    do {
      let manager = try Manager(configuration: configuration)
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await manager.run() }
        group.addTask {
          // Not waited for: it ends a test that would otherwise hang, which is the fault that this suite is about.
          try await Task.sleep(for: .seconds(20))
          throw ManagerError(.unreachable, "The manager did not end.")
        }
        defer { group.cancelAll() }
        try await group.next()
        return nil
      }
    } catch let error as ManagerError {
      return error
    }
  }

  @Test("A port in use ends the manager at once with 78 and the listener's name, also while the CA is down")
  func busyPort() async throws {
    let busy = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
      host: "127.0.0.1", port: 0
    ).get()
    let address = "127.0.0.1:\(busy.localAddress?.port ?? 0)"
    let clock = ContinuousClock()
    for (admin, gateways, peers) in [
      (address, "127.0.0.1:0", "administrators"), ("127.0.0.1:0", address, "gateways"),
    ] {
      let start = clock.now
      let error = try #require(try await end(admin: admin, gateways: gateways))
      #expect(error.code.exitStatus == 78)
      #expect(error.reason == "Cannot listen for \(peers) on \(address): another process listens there.")
      #expect(clock.now - start < .seconds(15))
    }
    try await busy.close()
  }

  @Test("So does a host that has no address, and an address that is another machine's")
  func wrongHost() async throws {
    for host in ["nowhere.invalid", "192.0.2.1"] {
      for (admin, gateways) in [("\(host):0", "127.0.0.1:0"), ("127.0.0.1:0", "\(host):0")] {
        let error = try #require(try await end(admin: admin, gateways: gateways))
        #expect(error.code.exitStatus == 78)
        #expect(error.reason.contains("\(host):0"))
      }
    }
  }

  @Test("A key file that others can read ends the manager at its start with 78, whichever it is")
  func openKeyFile() async throws {
    for name in ["ra", "server", "admin-ca"] {
      let error = try await end(admin: "127.0.0.1:0", gateways: "127.0.0.1:0") { folder in
        try folder.create()
        _ = try KeyFile.create("\(folder.path)/keys/\(name).key")
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o644], ofItemAtPath: "\(folder.path)/keys/\(name).key")
      }
      #expect(error?.code.exitStatus == 78)
      #expect(error?.reason.contains("\(name).key") == true)
    }
  }
}
