public import GRDB

/// The database does not promise that a commit outlives a power cut, and what it says instead.
public struct NotDurable: Error, Equatable, CustomStringConvertible {
  /// `PRAGMA synchronous`; 2 is FULL.
  public let synchronous: Int?
  /// `PRAGMA journal_mode`.
  public let journal: String?

  public var description: String { "synchronous \(synchronous ?? -1), journal \(journal ?? "none")" }
}

extension DatabasePool {
  /// Has every commit flushed to the disk before it counts, and reads back that it is so.
  ///
  /// To be called after opening: GRDB sets `synchronous = NORMAL` then, with which a power cut loses acknowledged commits.
  ///
  /// - Throws: ``NotDurable`` for anything but FULL on a write-ahead log.
  public func demandDurability() throws {
    try writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
      guard synchronous == 2, journal == "wal" else { throw NotDurable(synchronous: synchronous, journal: journal) }
    }
  }
}
