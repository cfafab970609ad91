/// It was not done in time.
public struct DeadlineExceeded: Error, Equatable {
  /// It was not done in time.
  public init() {}
}

/// Does something that has to be done by then: a peer that trickles would otherwise hold its place for ever.
///
/// - Parameters:
///   - time: how long it may take altogether.
///   - body: is cancelled when the time is over, and must end then.
/// - Throws: ``DeadlineExceeded``, and what `body` throws.
public func withDeadline<Value: Sendable>(
  _ time: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask(operation: body)
    group.addTask {
      // The deadline itself.
      try await Task.sleep(for: time)
      throw DeadlineExceeded()
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw DeadlineExceeded() }
    return value
  }
}
