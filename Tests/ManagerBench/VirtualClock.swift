public import Foundation
public import Manager
import Synchronization

/// A manager's clock that stands still until it is told to go on, by whole milliseconds; whoever sleeps wakes when its time has come.
public final class VirtualClock: ManagerClock {
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

  /// - Parameter begin: what time of day it is at first.
  public init(begin: Date = Date(timeIntervalSince1970: 1_800_000_000)) { self.begin = begin }

  public var now: Date { begin.addingTimeInterval(Double(state.withLock { $0.milliseconds }) / 1_000) }
  /// How many are asleep.
  public var sleeperCount: Int { state.withLock { $0.sleepers.count } }
  /// When the next sleeper wakes, in milliseconds from the beginning.
  public var deadline: UInt64? { state.withLock { $0.sleepers.values.map(\.until).min() } }

  /// Lets time pass until so many milliseconds after the beginning; it never goes back.
  public func advance(to milliseconds: UInt64) {
    wake { max($0, milliseconds) }
  }

  /// Lets time pass.
  public func advance(by duration: Duration) {
    wake { $0 + duration.wholeMilliseconds }
  }

  private func wake(at time: (UInt64) -> UInt64) {
    let woken = state.withLock { state in
      state.milliseconds = time(state.milliseconds)
      let due = state.sleepers.filter { $0.value.until <= state.milliseconds }
      for id in due.keys { state.sleepers[id] = nil }
      return due
    }
    for sleeper in woken.values { sleeper.continuation.resume() }
  }

  public func sleep(for duration: Duration) async throws {
    let milliseconds = duration.wholeMilliseconds
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

extension Duration {
  /// Rounded down; what lies in the past is nothing.
  fileprivate var wholeMilliseconds: UInt64 {
    UInt64(max(0, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000))
  }
}
