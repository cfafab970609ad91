import GRDB
import Synchronization

/// Gathers the changes of concurrent callers into one transaction: while one commit is on its way to disk, the next group gathers.
///
/// One fsync then serves many requests. Each caller's change is a savepoint, so that its failure stays its own.
actor GroupCommit: CommitLog {
  private static let largestGroup = 256

  private let pool: DatabasePool
  private var waiting: [any WaitingChange] = []
  private var isDraining = false

  init(_ pool: DatabasePool) { self.pool = pool }

  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append(Change(body: body, continuation: continuation))
      guard !isDraining else { return }
      isDraining = true
      Task { await drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let group = Array(waiting.prefix(Self.largestGroup))
      waiting.removeFirst(group.count)
      do {
        try await pool.writeWithoutTransaction { database in
          try database.inTransaction(.immediate) {
            for change in group { try change.apply(to: database) }
            return .commit
          }
        }
        for change in group { change.commit() }
      } catch {
        for change in group { change.fail(error) }
      }
    }
    isDraining = false
  }
}

/// A change of some caller, whatever its result's type.
private protocol WaitingChange: Sendable {
  /// Runs the change in a savepoint. Only a failure of the transaction itself is thrown.
  func apply(to database: Database) throws
  /// Tells the caller how its change went, now that the group is on disk.
  func commit()
  /// Tells the caller that the whole group failed.
  func fail(_ error: any Error)
}

private final class Change<Value: Sendable>: WaitingChange {
  private let body: @Sendable (Database) throws -> Value
  private let continuation: CheckedContinuation<Value, any Error>
  private let result = Mutex<Result<Value, any Error>?>(nil)

  init(
    body: @escaping @Sendable (Database) throws -> Value, continuation: CheckedContinuation<Value, any Error>
  ) {
    self.body = body
    self.continuation = continuation
  }

  func apply(to database: Database) throws {
    do {
      var value: Value?
      try database.inSavepoint {
        value = try body(database)
        return .commit
      }
      if let value { result.withLock { $0 = .success(value) } }
    } catch let error as DatabaseError where error.endsTransaction {
      throw error
    } catch {
      result.withLock { $0 = .failure(error) }
    }
  }

  func commit() {
    guard let result = result.withLock({ $0 }) else { return fail(CancellationError()) }
    continuation.resume(with: result)
  }

  func fail(_ error: any Error) { continuation.resume(throwing: error) }
}

extension DatabaseError {
  /// Errors after which SQLite may have rolled back everything, not only the savepoint (sqlite.org/lang_transaction.html).
  fileprivate var endsTransaction: Bool {
    [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_INTERRUPT].contains(resultCode)
  }
}
