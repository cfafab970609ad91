import Foundation
import Manager
import Synchronization

/// The manager's clock in a story: it shows the story's time, and whoever sleeps wakes when that has come.
final class VirtualClock: ManagerClock {
  private struct Sleeper {
    let until: UInt64
    let continuation: CheckedContinuation<Void, any Error>
  }
  private struct State {
    var milliseconds: UInt64 = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var next = 0
  }
  private let state = Mutex(State())
  private let begin: Date

  /// - Parameter begin: what time of day it is at the story's beginning.
  init(begin: Date) { self.begin = begin }

  var now: Date { begin.addingTimeInterval(Double(state.withLock { $0.milliseconds }) / 1_000) }
  var sleeperCount: Int { state.withLock { $0.sleepers.count } }
  /// When the next sleeper wakes, in milliseconds of the story.
  var deadline: UInt64? { state.withLock { $0.sleepers.values.map(\.until).min() } }

  func advance(to milliseconds: UInt64) {
    let woken = state.withLock { state in
      state.milliseconds = max(state.milliseconds, milliseconds)
      let due = state.sleepers.filter { $0.value.until <= state.milliseconds }
      for id in due.keys { state.sleepers[id] = nil }
      return due
    }
    for sleeper in woken.values { sleeper.continuation.resume() }
  }

  func sleep(for duration: Duration) async throws {
    let parts = duration.components
    let milliseconds = UInt64(max(0, parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000))
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          guard state.cancelled.remove(id) == nil else { return true }
          state.sleepers[id] = Sleeper(until: state.milliseconds + milliseconds, continuation: continuation)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper: Sleeper? = state.withLock { state in
        if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
        state.cancelled.insert(id)
        return nil
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }
}
