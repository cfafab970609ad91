import Foundation
import GRDB
import PKI
import Synchronization

/// Revokes certificates and makes their issuers' CRLs in one transaction: when a call returns, CRL and OCSP say it.
///
/// Calls that come while one transaction is under way share the next: one pair of lists serves them all.
actor RevocationDesk {
  typealias Change = @Sendable (Database) throws -> Result<[Order], Refusal>

  private let lists: CRLShelf
  private let log: any CommitLog
  private let now: @Sendable () -> Date
  private var waiting: [(change: Change, continuation: CheckedContinuation<Result<[Order], Refusal>, any Error>)] = []
  private var isBusy = false

  /// How many calls wait for the next transaction.
  var waitingCount: Int { waiting.count }

  init(lists: CRLShelf, log: any CommitLog, now: @escaping @Sendable () -> Date) {
    self.lists = lists
    self.log = log
    self.now = now
  }

  /// Revokes what `change` finds.
  ///
  /// - Parameter change: revokes by ``Database/revoke(_:_:context:now:)`` and returns what is newly revoked, or why nothing is.
  func revoke(_ change: @escaping Change) async throws -> Result<[Order], Refusal> {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append((change, continuation))
      guard !isBusy else { return }
      isBusy = true
      Task { await drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let group = waiting
      waiting = []
      do {
        let results = try await write(group.map(\.change))
        for (item, result) in zip(group, results) { item.continuation.resume(with: result) }
      } catch {
        for item in group { item.continuation.resume(throwing: error) }
      }
    }
    isBusy = false
  }

  private func write(_ changes: [Change]) async throws -> [Result<Result<[Order], Refusal>, any Error>] {
    let known = try await lists.knownEntries()
    return try await log.write { [lists, now] database in
      var touched: Set<Int> = []
      let results = try changes.map { change -> Result<Result<[Order], Refusal>, any Error> in
        do {
          var result = Result<[Order], Refusal>.failure(.storeFailed)
          try database.inSavepoint {
            result = try change(database)
            // Who revokes what no list can say fails alone, not with all others of the group.
            if case .success(let orders) = result { for order in orders { try lists.requireMaker(order.issuer) } }
            return .commit
          }
          if case .success(let orders) = result { touched.formUnion(orders.map(\.issuer)) }
          return .success(result)
        } catch let error as MockCAError {
          return .failure(error)
        }
      }
      for issuer in touched { try lists.publish(issuer, knowing: known, in: database, now: now()) }
      return results
    }
  }
}
