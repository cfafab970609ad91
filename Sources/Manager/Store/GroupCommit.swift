import GRDB

/// Gathers writes that come at the same time into one transaction: while one commit is on its way to the disk, the next
/// group fills. Durability costs one flush a group instead of one a write.
actor GroupCommit {
  typealias Body = @Sendable (Database) throws -> Void

  private let pool: DatabasePool
  private let limit: Int
  private var waiting: [(body: Body, continuation: CheckedContinuation<Void, any Error>)] = []
  private var draining = false

  /// - Parameter limit: the most writes in one transaction.
  init(_ pool: DatabasePool, limit: Int = 256) {
    self.pool = pool
    self.limit = limit
  }

  /// Runs `body` in a transaction, perhaps with others'. It is on disk when this returns.
  ///
  /// - Throws: what `body` threw (then nothing of it is written, and the others of the group are not touched), or the
  ///   error of the commit, for everyone in the group.
  func write(_ body: @escaping Body) async throws {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append((body, continuation))
      guard !draining else { return }
      draining = true
      Task { await drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let group = Array(waiting.prefix(limit))
      waiting.removeFirst(group.count)
      do {
        let failures = try await Self.commit(group.map(\.body), to: pool)
        for (member, failure) in zip(group, failures) {
          if let failure { member.continuation.resume(throwing: failure) } else { member.continuation.resume() }
        }
      } catch {
        for member in group { member.continuation.resume(throwing: error) }
      }
    }
    draining = false
  }

  /// One transaction; each member in its own savepoint, so that a failure stays its member's.
  private static func commit(_ bodies: [Body], to pool: DatabasePool) async throws -> [(any Error)?] {
    try await pool.writeWithoutTransaction { database in
      var failures: [(any Error)?] = []
      try database.inTransaction(.immediate) {
        for body in bodies {
          do {
            try database.inSavepoint {
              try body(database)
              return .commit
            }
            failures.append(nil)
          } catch {
            failures.append(error)
          }
        }
        return .commit
      }
      return failures
    }
  }
}
