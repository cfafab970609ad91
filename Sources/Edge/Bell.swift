import Synchronization

/// Wakes one task. A ring that comes before the wait is not lost, and rings in between count as one.
///
/// An `AsyncStream` is no bell: one wait that is cancelled, because something else was faster, ends it for all later waits, which then
/// return at once.
public final class Bell: Sendable {
  private enum State {
    case silent, rung
    case waiting(CheckedContinuation<Void, any Error>)
  }
  private let state = Mutex(State.silent)

  /// A bell that has not been rung.
  public init() {}

  /// Wakes whoever waits, or else the next one who does.
  public func ring() {
    let waiting: CheckedContinuation<Void, any Error>? = state.withLock { state in
      guard case .waiting(let continuation) = state else {
        state = .rung
        return nil
      }
      state = .silent
      return continuation
    }
    waiting?.resume()
  }

  /// Waits for a ring. For one task at a time.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func wait() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          // Whoever cancels says so before its handler runs: either it finds the continuation, or this finds the task cancelled.
          if Task.isCancelled { return .failure(CancellationError()) }
          if case .rung = state {
            state = .silent
            return .success(())
          }
          state = .waiting(continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let waiting: CheckedContinuation<Void, any Error>? = state.withLock { state in
        guard case .waiting(let continuation) = state else { return nil }
        state = .silent
        return continuation
      }
      waiting?.resume(throwing: CancellationError())
    }
  }

  /// Waits for a ring, and not longer than until `time` returns. For one task at a time.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first, and what `time` throws.
  public func wait(orUntil time: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(operation: time)
      group.addTask { try await self.wait() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
