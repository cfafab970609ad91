import GRDB

extension Database {
  /// Runs `body` in a savepoint inside of a transaction: what it throws undoes what it did, and no more.
  ///
  /// As GRDB's `inSavepoint`, whose statements are compiled anew each time, which is much beside a small change; these are compiled
  /// once.
  func inPreparedSavepoint<Value>(_ body: () throws -> Value) throws -> Value {
    try cachedStatement(sql: "SAVEPOINT change").execute()
    do {
      let value = try body()
      // Fails when SQLite has undone the whole transaction and `body` has kept it to itself.
      try cachedStatement(sql: "RELEASE SAVEPOINT change").execute()
      return value
    } catch {
      // The savepoint may be gone with its transaction. It is the first error that counts.
      try? cachedStatement(sql: "ROLLBACK TO SAVEPOINT change").execute()
      try? cachedStatement(sql: "RELEASE SAVEPOINT change").execute()
      throw error
    }
  }
}
