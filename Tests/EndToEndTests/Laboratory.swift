import Demo
import Foundation

/// One network for all end-to-end tests: a CA, a manager and a gateway as processes, and a fresh board for each test.
///
/// It is built once, because making a CA and two certificates for each of dozens of faults would be most of the time. A
/// fault in one test is mended before the test ends: ``bench(_:kind:)`` starts whatever is not running.
actor Laboratory {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private static let shared = Task { try await Laboratory() }

  static func open() async throws -> Laboratory { try await shared.value }

  nonisolated let network: Network
  private let record: PIDRecord
  private var count = 0

  private init() async throws {
    let muster = Self.repository + "/.build/debug/muster"
    guard FileManager.default.isExecutableFile(atPath: muster) else {
      throw DemoError("there is no \(muster)", hint: "swift build --product muster")
    }
    let (workspace, record) = try Workspace.create(at: Self.repository + "/.build/end-to-end")
    self.record = record
    network = Network(workspace: workspace, record: record, muster: muster)
    try await network.createAuthority()
    try await network.createManager()
    try await network.createGateway()
  }

  /// A new board that is switched on and provisioned, on a line of the gateway's own; `body` runs with it.
  ///
  /// - Parameters:
  ///   - kind: a folder of `boards/`.
  ///   - tampered: whether the line goes through `qemu/line.py`, so that it can be cut.
  ///   - isListed: whether the manager knows its key beforehand, by the factory's list.
  func bench(
    _ kind: String = "microbit", tampered: Bool = false, isListed: Bool = false,
    _ body: @Sendable (Bench) async throws -> Void
  ) async throws {
    count += 1
    let board = Board(
      kind, serialNumber: "T\(count)-\(ProcessInfo.processInfo.processIdentifier)", repository: Self.repository,
      workspace: network.workspace, events: network.events, record: record)
    try await board.switchOn()
    let bench = Bench(network: network, board: board, position: await network.events.position)
    do {
      let label = try await network.provision(line: board.line, isListed: isListed)
      bench.label.withLock { $0 = label }
      let line = tampered ? try await LineCutter(board: board, network: network, record: record) : nil
      try await network.setLines([(board.serialNumber.lowercased(), "unix:\(line?.path ?? board.line)")])
      bench.cutter.withLock { $0 = line }
      try await body(bench)
      await line?.stop()
    } catch {
      await network.stop(.gateway)
      await board.switchOff()
      throw error
    }
    await network.stop(.gateway)
    await board.switchOff()
  }
}
