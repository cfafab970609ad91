import Durability
import Foundation
import GRDB
import PKI

/// Everything the CA remembers. Each function is one durable step; what it returned is on disk.
struct Store: Sendable {
  let reader: DatabasePool
  let log: any CommitLog
  let known = KnownAuthorities()

  init(_ database: CADatabase) {
    self.init(reader: database.pool, log: GroupCommit(database.pool))
  }

  init(reader: DatabasePool, log: any CommitLog) {
    self.reader = reader
    self.log = log
  }
}

extension Date {
  /// Whole seconds since 1970, as the tables keep them.
  var seconds: Int64 { Int64(timeIntervalSince1970.rounded(.down)) }
}
