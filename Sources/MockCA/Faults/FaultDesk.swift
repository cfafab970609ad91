import Foundation
import GRDB
import Synchronization

/// Decides which faults an order meets: those the CA was started with, and those that 'muster ca fault' has set since.
struct FaultDesk: Sendable {
  let configured: [Fault]
  let store: Store
  /// A number from 0 to 99 for each fault of each order. Tests give their own.
  let dice: @Sendable () -> Int

  init(_ configured: [Fault], store: Store, dice: @escaping @Sendable () -> Int = { Int.random(in: 0..<100) }) {
    self.configured = configured
    self.store = store
    self.dice = dice
  }

  /// The faults of the next order.
  func next() async -> [Fault.Kind] {
    let set = (try? await store.faults()) ?? []
    return (configured + set).filter { dice() < $0.percent }.map(\.kind)
  }
}

extension Store {
  /// The faults that were set while the CA runs.
  func faults() async throws -> [Fault] {
    try await reader.read { database in
      try String.fetchAll(database.cachedStatement(sql: "SELECT fault FROM fault ORDER BY rowid"))
    }.compactMap { Fault($0) }
  }

  /// Replaces the faults that were set.
  func setFaults(_ faults: [Fault]) async throws {
    try await log.write { database in
      try database.execute(sql: "DELETE FROM fault")
      for fault in faults {
        try database.execute(sql: "INSERT INTO fault (fault) VALUES (?)", arguments: [fault.description])
      }
    }
  }
}
