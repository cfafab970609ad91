import Demo
import Foundation
import Synchronization

/// A board on the laboratory's bench, and what the manager says of it.
final class Bench: Sendable {
  let network: Network
  let board: Board
  let cutter = Mutex<LineCutter?>(nil)
  /// What `muster provision --label` printed.
  let label = Mutex("")
  /// Where in the network's events this board's story begins.
  private let position: Int

  init(network: Network, board: Board, position: Int) {
    self.network = network
    self.board = board
    self.position = position
  }

  var id: String { board.serialNumber }

  /// Waits until the manager says that the device reached a state.
  func reaches(_ state: String, within timeout: Duration = .seconds(120)) async throws {
    let id = id
    let event = await network.events.first(after: position, within: timeout) {
      $0.kind == "device" && $0["device"] == id && $0["to"] == state
    }
    guard event != nil else {
      throw DemoError("\(id) did not become \(state)", hint: "see \(network.workspace.logs)")
    }
  }

  func approve() async throws {
    try await network.administer(["device", "approve", id])
  }

  /// Asks the manager until the device is active; its events may have died with a process.
  func becomesActive(within seconds: Int = 120) async throws {
    var state = "unknown"
    for _ in 0..<seconds * 2 {
      if let device = try? await show(), let found = device["state"] as? String { state = found }
      if state == "active" { return }
      try await Task.sleep(for: .milliseconds(500))
    }
    throw DemoError("\(id) is still \(state)", hint: "see \(network.workspace.logs)")
  }

  /// All certificates that were ever issued to the device.
  func certificates() async throws -> [[String: Any]] {
    let output = try await network.administer(["cert", "list", "--device", id, "--json"])
    return try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [[String: Any]] ?? []
  }

  func show() async throws -> [String: Any] {
    let output = try await network.administer(["device", "show", id, "--json"])
    return try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any] ?? [:]
  }
}
