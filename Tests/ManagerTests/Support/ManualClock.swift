import Foundation
import Synchronization

@testable import Manager

/// A clock that stands still until it is told to go on; whoever sleeps wakes when its time has come.
final class ManualClock: ManagerClock {
  private struct State {
    var now: Date
    var sleepers: [(id: Int, until: Date, continuation: CheckedContinuation<Void, any Error>)] = []
    var nextID = 0
    var cancelled: Set<Int> = []
  }
  private let state: Mutex<State>

  init(_ now: Date = Date(timeIntervalSince1970: 1_800_000_000)) { state = Mutex(State(now: now)) }

  var now: Date { state.withLock { $0.now } }

  var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  /// Lets time pass and wakes whoever's time has come.
  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now += Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
      let due = state.sleepers.filter { $0.until <= state.now }
      state.sleepers.removeAll { $0.until <= state.now }
      return due
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  func sleep(for duration: Duration) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          guard state.cancelled.remove(id) == nil else { return true }
          let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
          state.sleepers.append((id, state.now + seconds, continuation))
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil as CheckedContinuation<Void, any Error>?
        }
        return state.sleepers.remove(at: index).continuation
      }
      sleeper?.resume(throwing: CancellationError())
    }
  }
}
