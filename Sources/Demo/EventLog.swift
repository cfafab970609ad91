/// Everything that the programs of a network have said so far, and a way to wait for what they will say.
public actor EventLog {
  private struct Waiter {
    let id: UInt64
    let matches: @Sendable (Event) -> Bool
    let continuation: CheckedContinuation<Event?, Never>
  }

  public private(set) var events: [Event] = []
  private var waiters: [Waiter] = []
  private var nextWaiter: UInt64 = 0
  private var followers: [AsyncStream<Event>.Continuation] = []

  public init() {}

  /// How many events there are: a position that ``first(after:within:where:)`` takes.
  public var position: Int { events.count }

  func append(_ event: Event) {
    events.append(event)
    for follower in followers { follower.yield(event) }
    let served = waiters.filter { $0.matches(event) }
    guard !served.isEmpty else { return }
    waiters.removeAll { waiter in served.contains { $0.id == waiter.id } }
    for waiter in served { waiter.continuation.resume(returning: event) }
  }

  /// All events from now on.
  public func follow() -> AsyncStream<Event> {
    let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
    followers.append(continuation)
    return stream
  }

  /// The first event behind a position that matches; nil when none came in time, or the task was cancelled.
  public func first(
    after position: Int = 0, within timeout: Duration, where matches: @escaping @Sendable (Event) -> Bool
  ) async -> Event? {
    if let found = events.dropFirst(position).first(where: matches) { return found }
    let id = nextWaiter
    nextWaiter += 1
    let alarm = Task {
      try await Task.sleep(for: timeout)
      giveUp(id)
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume(returning: nil) }
        waiters.append(Waiter(id: id, matches: matches, continuation: continuation))
      }
    } onCancel: {
      Task { await giveUp(id) }
    }
  }

  private func giveUp(_ id: UInt64) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).continuation.resume(returning: nil)
  }
}
