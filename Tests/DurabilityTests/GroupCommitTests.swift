import Foundation
import GRDB
import Testing

@testable import Durability

@Suite("Changes of many callers in one transaction")
struct GroupCommitTests {
  private struct Failure: Error {}
  private let folder = NSTemporaryDirectory() + "muster-group-\(UInt64.random(in: 0 ... .max))"
  private let pool: DatabasePool

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    pool = try DatabasePool(path: folder + "/a.sqlite")
    try pool.demandDurability()
    try pool.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE number(value INTEGER PRIMARY KEY) STRICT") }
  }

  private func numbers() async throws -> Set<Int> {
    try await pool.read { Set(try Int.fetchAll($0, sql: "SELECT value FROM number")) }
  }

  private static func add(_ number: Int, _ database: Database) throws {
    try database.execute(sql: "INSERT INTO number VALUES (?)", arguments: [number])
  }

  /// Has all changes wait for one transaction, and runs it.
  ///
  /// - Returns: the numbers of those that were told that it is written.
  private func together(_ changes: [@Sendable (Database) throws -> Void]) async throws -> Set<Int> {
    let commit = GroupCommit(pool)
    // While one change holds the writer, all others gather behind it.
    let (held, heldContinuation) = AsyncStream<Void>.makeStream()
    let release = DispatchSemaphore(value: 0)
    return try await withThrowingTaskGroup(of: Int?.self) { group in
      group.addTask {
        try await commit.write { _ in
          heldContinuation.finish()
          release.wait()
        }
        return nil
      }
      for await _ in held {}
      for (index, change) in changes.enumerated() {
        group.addTask { (try? await commit.write(change)).map { index } }
      }
      while await commit.waitingCount < changes.count { await Task.yield() }
      release.signal()
      return try await group.reduce(into: Set<Int>()) { if let index = $1 { $0.insert(index) } }
    }
  }

  @Test("One caller's failure stays its own, and what it wrote before is gone")
  func ownFailure() async throws {
    let told = try await together(
      (0..<64).map { index in
        { database in
          try Self.add(index, database)
          if index.isMultiple(of: 2) { throw Failure() }
        }
      })
    #expect(told == Set((0..<64).filter { !$0.isMultiple(of: 2) }))
    #expect(try await numbers() == told)
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test("A change that takes the whole transaction with it: who is told 'written' is written, and nobody else")
  func wholeTransaction() async throws {
    let told = try await together(
      (0..<64).map { index in
        { database in
          try Self.add(index, database)
          // SQLite rolls back everything then (sqlite.org/lang_conflict.html).
          if index == 32 { try database.execute(sql: "INSERT OR ROLLBACK INTO number VALUES (32)") }
        }
      })
    #expect(try await numbers() == told)
    #expect(told.isEmpty)
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test("A result comes back to the caller whose change made it")
  func results() async throws {
    let commit = GroupCommit(pool, largestGroup: 3)
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for index in 0..<20 {
        group.addTask {
          (
            index,
            try await commit.write {
              try Self.add(index, $0)
              return index * index
            }
          )
        }
      }
      for try await (index, result) in group { #expect(result == index * index) }
    }
    #expect(try await numbers().count == 20)
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test("After demanding durability every commit is flushed")
  func durability() throws {
    #expect(try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    try? FileManager.default.removeItem(atPath: folder)
  }
}
