import Durability
import Foundation
import GRDB

/// The ``Store`` on SQLite: write-ahead log, every commit flushed to the disk before it is acknowledged.
struct SQLiteStore: Store {
  let pool: DatabasePool
  let group: GroupCommit

  /// Opens the database at `path`, or makes it.
  ///
  /// - Throws: ``ManagerError`` with code `databaseTooNew` when a newer program wrote it (nothing is changed then), and
  ///   `database` when it is not ours, cannot be opened, or cannot promise durability.
  init(path: String) throws {
    if FileManager.default.fileExists(atPath: path) { try Self.checkVersion(path) }
    do {
      var configuration = GRDB.Configuration()
      configuration.maximumReaderCount = 4
      configuration.busyMode = .timeout(5)
      configuration.label = "manager"
      let pool = try DatabasePool(path: path, configuration: configuration)
      try pool.demandDurability()
      // A longer log than SQLite's own 1,000 pages: a checkpoint costs two flushes.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 4000") }
      try pool.writeWithoutTransaction(Schema.migrate)
      self.pool = pool
      self.group = GroupCommit(pool)
    } catch let error as NotDurable {
      throw ManagerError(
        .database, "The database does not promise durability (\(error)).",
        remedy: "Put the manager's folder on a local file system.")
    } catch let error as DatabaseError {
      throw ManagerError(
        .database, "The database \(path) cannot be opened: \(error.message ?? "\(error.resultCode)").",
        remedy: "Check that the folder is writable, and that no other manager runs on it.")
    }
  }

  /// Closes the database. Nothing may use the store afterwards.
  func close() throws { try pool.close() }

  /// A database of a newer program is refused before anything touches it.
  private static func checkVersion(_ path: String) throws {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      let (version, application) = try queue.read { database in
        (
          try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
          try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        )
      }
      guard version > 0 || application == 0, application == 0 || application == Schema.applicationID else {
        throw ManagerError(.database, "\(path) is not a database of this manager.", remedy: "Give another folder.")
      }
      guard version <= Schema.version else {
        throw ManagerError(
          .databaseTooNew,
          "The database \(path) has schema version \(version), and this program knows \(Schema.version) at most.",
          remedy: "Run the newer muster that wrote it.")
      }
    } catch let error as DatabaseError {
      throw ManagerError(
        .database, "The database \(path) cannot be read: \(error.message ?? "\(error.resultCode)").",
        remedy: "Restore it from a backup, or give another folder.")
    }
  }

  /// The writer's `synchronous` setting as the database reports it now; 2 is FULL.
  func synchronousLevel() async throws -> Int {
    try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
  }
}
