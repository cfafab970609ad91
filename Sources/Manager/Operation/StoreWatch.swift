import Foundation
import GRDB
import Synchronization

/// Watches changes become durable: how long that takes, and whether it works at all.
final class StoreWatch: Sendable {
  private struct State {
    var commits = 0
    var failures = 0
    var trouble: String?
  }

  private let state = Mutex(State())
  /// How long commits took that were done.
  let durations = Durations()

  /// How many changes were made durable.
  var commits: Int { state.withLock { $0.commits } }
  /// How many could not be, for the store's own reasons.
  var failures: Int { state.withLock { $0.failures } }
  /// Why the last one could not be; nil when it could.
  var trouble: String? { state.withLock { $0.trouble } }

  /// Does one commit and notes how it went.
  func watching<Value>(_ commit: () async throws -> Value) async throws -> Value {
    let start = ContinuousClock.now
    do {
      let value = try await commit()
      durations.add(ContinuousClock.now - start)
      state.withLock { state in
        state.commits += 1
        state.trouble = nil
      }
      return value
    } catch {
      note(error)
      throw error
    }
  }

  /// A change that does not fit what is there is the store at its best.
  private func note(_ error: any Error) {
    guard !(error is ManagerError), !(error is CancellationError) else { return }
    let words = (error as? DatabaseError).map { $0.message ?? "\($0.resultCode)" } ?? "\(error)"
    state.withLock { state in
      state.failures += 1
      state.trouble = words
    }
  }
}
