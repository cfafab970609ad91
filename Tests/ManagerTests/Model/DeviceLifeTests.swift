import Foundation
import ManagerBench
import Testing

@testable import Manager

@Suite("The table of a device's life")
struct DeviceLifeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("docs/manager.md has the same table, event by event and refusal by refusal")
  func documentation() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/manager.md"), encoding: .utf8)
    let lines = text.split(separator: "\n").drop { !$0.hasPrefix("| event |") }.prefix { $0.hasPrefix("|") }
    let rows = lines.dropFirst(2).map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    // The second column is for people.
    let documented = rows.map { [$0[0]] + $0.dropFirst(2) }
    #expect(documented == DeviceEvent.allCases.map(Self.row))
  }

  private static func row(_ event: DeviceEvent) -> [String] {
    var groups: [(String, [DeviceState])] = []
    for state in DeviceState.allCases {
      let name: String
      switch DeviceLife.outcome(of: event, in: state) {
      case .becomes(let next): name = "to \(next.rawValue)"
      case .already: name = "already"
      case .refused(let refusal): name = refusal.rawValue
      }
      if let index = groups.firstIndex(where: { $0.0 == name }) {
        groups[index].1.append(state)
      } else {
        groups.append((name, [state]))
      }
    }
    func list(_ states: [DeviceState]) -> String { states.map(\.rawValue).joined(separator: ", ") }
    let step = groups.first { $0.0.hasPrefix("to ") } ?? ("", [])
    let rest = groups.filter { !$0.0.hasPrefix("to ") }.map { "\($0.0): \(list($0.1))" }.joined(separator: "; ")
    return ["`\(event.rawValue)`", list(step.1), String(step.0.dropFirst(3)), rest]
  }

  @Test("The store keeps to the table: what it refuses changes nothing, for its own reason, and leaves no audit row")
  func store() async throws {
    let rig = try Rig()
    let store = try rig.openStore()
    for (number, state) in DeviceState.allCases.enumerated() {
      for event in DeviceEvent.allCases {
        let id = try DeviceID("d\(number)-\(event.rawValue)")
        try await store.force(id, into: state)
        let audited = try await store.audit(after: nil, limit: 500).items.count
        switch DeviceLife.outcome(of: event, in: state) {
        case .becomes(let next):
          try await store.commit(.stepDevice(id, event), by: .manager, at: rig.clock.now)
          #expect(try await store.device(id)?.state == next)
          let row = try #require(try await store.audit(after: nil, limit: 500).items.last)
          #expect(row.detail["from"] == state.rawValue && row.action.hasPrefix("device-"), "\(row)")
        case .already, .refused:
          let error = await #expect(throws: ManagerError(.conflict, "")) {
            try await store.commit(.stepDevice(id, event), by: .manager, at: rig.clock.now)
          }
          if case .refused(let refusal) = DeviceLife.outcome(of: event, in: state) {
            #expect(error?.reason.contains("(\(refusal.rawValue))") == true && error?.remedy != nil)
          }
          #expect(try await store.device(id)?.state == state)
          #expect(try await store.audit(after: nil, limit: 500).items.count == audited)
        }
      }
    }
  }

  @Test("Every reason to refuse something is given to somebody, and no state is one that nothing leads to")
  func complete() {
    var refusals: Set<DeviceLife.Refusal> = []
    for state in DeviceState.allCases {
      for event in DeviceEvent.allCases {
        if case .refused(let refusal) = DeviceLife.outcome(of: event, in: state) { refusals.insert(refusal) }
      }
    }
    #expect(refusals == Set(DeviceLife.Refusal.allCases))
    #expect(Set(DeviceEvent.allCases.map { DeviceLife.row($0).to }) == Set(DeviceState.allCases))
  }

  @Test("Whatever wants work can end active, and nothing leads out of decommissioned")
  func ends() {
    func successors(_ state: DeviceState) -> Set<DeviceState> {
      Set(DeviceEvent.allCases.filter { DeviceLife.row($0).from.contains(state) }.map { DeviceLife.row($0).to })
    }
    for start in DeviceState.allCases where start.wantsWork {
      var reached: Set<DeviceState> = [start]
      for _ in DeviceState.allCases { reached.formUnion(reached.flatMap(successors)) }
      #expect(reached.contains(.active), "\(start)")
    }
    #expect(successors(.decommissioned).isEmpty)
    #expect(successors(.revoked) == [.decommissioned])
  }

  @Test("One statement in the manager changes a device's state, and it is the table's")
  func onePlace() throws {
    let sources = Self.root.appending(path: "Sources/Manager").path
    let files = try #require(FileManager.default.enumerator(atPath: sources)).compactMap { $0 as? String }
    let places = try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8).ranges(of: /UPDATE device SET[^"]*?\bstate =/)
        .map { _ in file }
    }
    #expect(places == ["Store/StoreTransaction+Devices.swift"])
  }
}

extension SQLiteStore {
  /// Puts a device into a state as if by an earlier life, past every rule.
  func force(_ id: DeviceID, into state: DeviceState) async throws {
    try await group.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO device(id, state, created_at, changed_at) VALUES (?, ?, 0, 0)",
        arguments: [id.text, state.rawValue])
    }
  }
}
