import Foundation
import GRDB

extension SQLiteStore {
  /// Copies a database as it is at one moment, by SQLite's own backup: whoever writes to it meanwhile is not disturbed.
  ///
  /// - Parameters:
  ///   - path: a manager's database.
  ///   - target: replaced if it is there.
  /// - Throws: ``ManagerError`` with code `database`.
  static func backUp(_ path: String, to target: String) throws(ManagerError) {
    do {
      try? FileManager.default.removeItem(atPath: target)
      var reading = GRDB.Configuration()
      reading.readonly = true
      reading.busyMode = .timeout(5)
      let source = try DatabaseQueue(path: path, configuration: reading)
      defer { try? source.close() }
      let copy = try DatabaseQueue(path: target)
      defer { try? copy.close() }
      try source.backup(to: copy)
      let verdict = try copy.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
      guard verdict == "ok" else { throw ManagerError(.database, "The copy of \(path) is damaged.") }
    } catch let error as ManagerError {
      throw error
    } catch {
      throw ManagerError(
        .database, "The database \(path) cannot be copied: \(error).", remedy: "Run as the manager's own user.")
    }
  }
}
