import Foundation
import MockCA
import NIOCore
import NIOPosix
import PKI
import Synchronization

@testable import Manager

/// A real CA and a real manager on ports of their own, in this process.
final class LiveNetwork: Sendable {
  let folder: TemporaryFolder
  let authority: String
  let managerFolder: ManagerFolder
  let events = EventLog()
  private let registrationAuthorityKey: String?
  private let url = Mutex("")
  /// Where the CA is, or was last.
  var authorityURL: String { url.withLock { $0 } }

  /// Where the CA tells certificates' status; nil for a port that no certificate names.
  let statusPort: Int?

  /// - Parameters:
  ///   - registrationAuthorityKey: where in a token the manager makes its key; nil for a file.
  ///   - namesStatus: whether certificates name a place where the CA's list really is.
  init(registrationAuthorityKey: String? = nil, namesStatus: Bool = false) async throws {
    self.registrationAuthorityKey = registrationAuthorityKey
    statusPort = namesStatus ? try await Self.freePort() : nil
    folder = try TemporaryFolder()
    authority = "\(folder.path)/ca"
    managerFolder = ManagerFolder("\(folder.path)/manager")
    try MockCA.initialize(
      directory: authority, url: statusPort.map { "http://localhost:\($0)" }, now: Date())
  }

  /// A port below those that the system gives to connections, so that no other test's takes it before the CA listens there.
  private static func freePort() async throws -> Int {
    while true {
      let port = Int.random(in: 20_000..<30_000)
      let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      guard let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { continue }
      try await channel.close()
      return port
    }
  }

  /// The manager's EDHOC key, as a trust descriptor would have it.
  func managerKey() throws -> DeviceKey {
    DeviceKey(try KeyFile.readAgreementKey(managerFolder.sessionKey).coordinates)!
  }

  /// Runs the CA while `body` runs; the manager's folder is made at the first time.
  func withAuthority(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let port = Mutex<Int?>(nil)
    var configuration = MockCAConfiguration(directory: authority, now: { Date() }) { event in
      if case .listening(let opened) = event { port.withLock { $0 = opened } }
    }
    if statusPort != nil { configuration.statusPort = statusPort }
    let service = try await MockCA.build(configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      defer { group.cancelAll() }
      let opened = try await poll("the CA listens") { port.withLock { $0 } }
      url.withLock { $0 = "https://127.0.0.1:\(opened)" }
      if !FileManager.default.fileExists(atPath: managerFolder.configuration) {
        let code = try await MockCA.makeCode(directory: authority, now: Date())
        try ManagerInitialiser(
          folder: managerFolder, network: "plant", authorityURL: authorityURL,
          anchorFile: "\(authority)/ca.pem", code: code.text,
          registrationAuthorityKey: registrationAuthorityKey
        ).run()
      }
      try await body()
    }
  }

  /// One life of the manager.
  ///
  /// - Parameters:
  ///   - flags: what the configuration has besides.
  ///   - resources: what devices find there besides.
  ///   - gatewaysPerAddress: how many gateways one address may have; nil for as many as ever.
  ///   - wrap: puts something in front of its store.
  func withManager<Result: Sendable>(
    flags: [String: String] = [:], resources: [[String]: DeviceResource] = [:],
    gatewaysPerAddress: Int? = nil,
    wrap: (SQLiteStore) -> any Store = { $0 },
    _ body: @escaping @Sendable (AdminClient, ListenAddress) async throws -> Result
  ) async throws -> Result {
    let configuration = try await ManagerConfiguration.load(
      folder: managerFolder, environment: [:],
      flags: flags.merging(["admin.listen": "127.0.0.1:0", "gateways.listen": "127.0.0.1:0"]) { $1 })
    let start = events.count
    var configured = try Manager(
      configuration: configuration, clock: SystemClock(), logger: .silent, events: { [events] in events.append($0) },
      wrap: wrap)
    configured.resources = resources
    if let gatewaysPerAddress { configured.gatewaysPerAddress = gatewaysPerAddress }
    let manager = configured
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await manager.run() }
      do {
        let ready = try await poll("the manager is ready") { self.events.first(.ready, from: start) }
        let result = try await AdminClient.with(
          manager: "https://\(ready.admin ?? "")", credentials: managerFolder.credentials
        ) { client in
          try await body(client, ListenAddress(ready.gateways ?? "") ?? ListenAddress(host: "", port: 0))
        }
        group.cancelAll()
        try await group.waitForAll()
        return result
      } catch {
        group.cancelAll()
        throw error
      }
    }
  }
}

/// What a manager told, in order.
final class EventLog: Sendable {
  private let events = Mutex<[ManagerEvent]>([])

  func append(_ event: ManagerEvent) { events.withLock { $0.append(event) } }
  var count: Int { events.withLock { $0.count } }
  var all: [ManagerEvent] { events.withLock { $0 } }

  func first(_ kind: ManagerEvent.Kind, from start: Int) -> ManagerEvent? {
    events.withLock { $0.dropFirst(start).first { $0.event == kind } }
  }
}

/// Asks until there is an answer. Sockets and other processes' work cannot be given a virtual clock.
func poll<Value>(_ what: String, seconds: Int = 120, _ question: () async throws -> Value?) async throws -> Value {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if let value = try await question() { return value }
    try await Task.sleep(for: .milliseconds(2))
  }
  throw ManagerError(.unreachable, "It took too long: \(what).")
}
