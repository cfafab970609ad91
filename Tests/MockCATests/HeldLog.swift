import GRDB
import Synchronization

@testable import MockCA

/// A log whose first change waits until the test lets it go on.
final class HeldLog: CommitLog {
  private struct State {
    var hasBegun = false
    var isReleased = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let log: any CommitLog
  private let state = Mutex(State())

  init(_ log: any CommitLog) { self.log = log }

  /// Whether the first change is here.
  var isHeld: Bool { state.withLock { $0.waiting != nil } }

  func release() {
    let waiting = state.withLock { state in
      state.isReleased = true
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }

  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    let isFirst = state.withLock { state in
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    if isFirst {
      await withCheckedContinuation { continuation in
        let isReleased = state.withLock { state in
          if !state.isReleased { state.waiting = continuation }
          return state.isReleased
        }
        if isReleased { continuation.resume() }
      }
    }
    return try await log.write(body)
  }
}
