import GRDB
import Synchronization

@testable import MockCA

/// A log that has something else happen right before its first change: what another process, or another request, may do
/// between a look at the database and a change of it.
final class MeddlingLog: CommitLog {
  private let log: any CommitLog
  private let meddling: Mutex<(@Sendable (Database) throws -> Void)?>

  init(_ log: any CommitLog, before meddling: @escaping @Sendable (Database) throws -> Void) {
    self.log = log
    self.meddling = Mutex(meddling)
  }

  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    let first = meddling.withLock { meddling in
      defer { meddling = nil }
      return meddling
    }
    if let first { try await log.write(first) }
    return try await log.write(body)
  }
}
