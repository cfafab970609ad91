import ManagerBench
import Testing

@testable import Manager

@Suite("The devices' states")
struct DeviceStateTests {
  /// The table of DESIGN §6, written out once more by hand: a change of the code must be a change of both.
  static let table: [DeviceState: Set<DeviceState>] = [
    .registered: [.approved, .pending, .decommissioned],
    .pending: [.approved, .registered, .decommissioned],
    .approved: [.csrRequested, .suspended, .decommissioned],
    .csrRequested: [.ordered, .suspended, .decommissioned],
    .ordered: [.delivered, .csrRequested, .suspended, .decommissioned],
    .delivered: [.active, .csrRequested, .suspended, .revoked, .decommissioned],
    .active: [.renewalDue, .suspended, .revoked, .decommissioned],
    .renewalDue: [.csrRequested, .suspended, .revoked, .decommissioned],
    .suspended: [.approved, .revoked, .decommissioned],
    .revoked: [.approved, .decommissioned],
    .decommissioned: [],
  ]

  @Test("Every pair of states is allowed or not as the table has it", arguments: DeviceState.allCases)
  func transitions(from state: DeviceState) throws {
    let allowed = try #require(Self.table[state])
    for next in DeviceState.allCases {
      #expect(state.mayBecome(next) == allowed.contains(next), "\(state) to \(next)")
    }
  }

  @Test("The store refuses every step that the table does not have")
  func storeKeepsToTheTable() async throws {
    let rig = try Rig()
    let store = try rig.openStore()
    for state in DeviceState.allCases {
      for next in DeviceState.allCases where !state.mayBecome(next) {
        let id = try DeviceID("d-\(state.rawValue)-\(next.rawValue)".prefix(32).description)
        try await store.force(id, into: state)
        await #expect(throws: ManagerError(.conflict, "")) {
          try await store.commit(.moveDevice(id, from: state, to: next), by: .manager, at: rig.clock.now)
        }
        #expect(try await store.device(id)?.state == state)
      }
    }
  }

  @Test("No state leads nowhere by itself: whatever wants work can end active")
  func everyWorkingStateReachesActive() {
    for start in DeviceState.allCases where start.wantsWork {
      var reached: Set<DeviceState> = [start]
      for _ in DeviceState.allCases { reached.formUnion(reached.flatMap(\.successors)) }
      #expect(reached.contains(.active), "\(start)")
    }
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
