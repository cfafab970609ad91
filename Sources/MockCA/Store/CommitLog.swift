import Durability
import GRDB

/// Where changes become durable. Tests put one in between that fails before or after the n-th commit.
protocol CommitLog: Sendable {
  /// Runs `body` in a transaction. When this returns, its changes are on disk; when it throws, `body` changed nothing, unless
  /// the process lost its storage between commit and answer.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value
}

extension GroupCommit: CommitLog {}
