public import GRDB
import Synchronization

/// Gathers the changes of concurrent callers into one transaction: while one commit is on its way to the disk, the next group
/// gathers.
///
/// One flush then serves many requests. Each caller's change is a savepoint, so that its failure stays its own.
public actor GroupCommit {
  private let pool: DatabasePool
  private let largestGroup: Int
  private var waiting: [any WaitingChange] = []
  private var isDraining = false

  /// - Parameter largestGroup: the most changes in one transaction.
  public init(_ pool: DatabasePool, largestGroup: Int = 256) {
    self.pool = pool
    self.largestGroup = largestGroup
  }

  /// Runs `body` in a transaction, perhaps with others'. It is on the disk when this returns.
  ///
  /// - Throws: what `body` threw (then nothing of it is written, and the others of its group are not touched), or the error of
  ///   the transaction, for everyone in the group.
  public func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append(Change(body: body, continuation: continuation))
      guard !isDraining else { return }
      isDraining = true
      Task { await drain() }
    }
  }

  /// How many changes have not found a group yet.
  var waitingCount: Int { waiting.count }

  private func drain() async {
    while !waiting.isEmpty {
      let group = Array(waiting.prefix(largestGroup))
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
  /// Tells the caller how its change went, now that the group is on the disk.
  func commit()
  /// Tells the caller that the whole group failed.
  func fail(_ error: any Error)
}

private final class Change<Value: Sendable>: WaitingChange {
  private let body: @Sendable (Database) throws -> Value
  private let continuation: CheckedContinuation<Value, any Error>
  private let result = Mutex<Result<Value, any Error>?>(nil)

  init(body: @escaping @Sendable (Database) throws -> Value, continuation: CheckedContinuation<Value, any Error>) {
    self.body = body
    self.continuation = continuation
  }

  func apply(to database: Database) throws {
    do {
      let value = try database.inPreparedSavepoint { try body(database) }
      result.withLock { $0 = .success(value) }
    } catch {
      // What came before in this transaction may be gone with it: then nobody's change has happened.
      guard database.isInsideTransaction, (error as? DatabaseError)?.endsTransaction != true else { throw error }
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
