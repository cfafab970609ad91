public import Foundation

/// The manager's time: what it is, and waiting for it to pass. Tests bring their own.
public protocol ManagerClock: Sendable {
  var now: Date { get }
  /// - Throws: `CancellationError` when the task is cancelled first.
  func sleep(for duration: Duration) async throws
}

/// The machine's own clock.
public struct SystemClock: ManagerClock {
  public init() {}
  public var now: Date { Date() }
  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
