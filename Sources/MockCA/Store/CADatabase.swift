import Durability
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
      try pool.demandDurability()
      try Schema.migrate(pool, path: path)
    } catch let error as NotDurable {
      try? pool.close()
      throw MockCAError(
        .databaseNotDurable,
        "SQLite refuses to flush commits (\(error)): issued certificates could be lost in a power cut.")
    } catch {
      try? pool.close()
      throw error
    }
  }

  func close() throws { try pool.close() }
}
