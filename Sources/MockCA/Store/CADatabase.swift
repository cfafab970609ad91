import Foundation
import GRDB

/// The CA's SQLite database, opened so that what was committed survives a power cut.
struct CADatabase: Sendable {
  let pool: DatabasePool

  /// Opens the database, or makes it.
  ///
  /// - Throws: ``MockCAError``: `databaseNewer`, `databaseNotDurable`.
  init(path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 4
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
    } catch let error as DatabaseError {
      throw MockCAError(.database, "The database \(path) cannot be opened: \(error.message ?? "\(error.resultCode)").")
    }
    do {
      try Self.requireDurable(pool)
      try Schema.migrate(pool, path: path)
    } catch {
      try? pool.close()
      throw error
    }
  }

  func close() throws { try pool.close() }

  /// GRDB sets `synchronous = NORMAL` after it has prepared the connection: acknowledged commits would be lost when the power fails.
  private static func requireDurable(_ pool: DatabasePool) throws {
    let (synchronous, journal) = try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      return (
        try Int.fetchOne(database, sql: "PRAGMA synchronous"),
        try String.fetchOne(database, sql: "PRAGMA journal_mode")
      )
    }
    guard synchronous == 2, journal == "wal" else {
      throw MockCAError(
        .databaseNotDurable,
        "SQLite refuses synchronous=FULL with a write-ahead log: issued certificates could be lost in a power cut.")
    }
  }
}
