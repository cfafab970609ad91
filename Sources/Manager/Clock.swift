public import Foundation

/// The manager's time: what it is, and waiting for it to pass. Tests bring their own.
public protocol ManagerClock: Sendable {
  /// The time of day.
  var now: Date { get }
  /// Returns when the time has passed.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  func sleep(for duration: Duration) async throws
}

/// The machine's own clock.
public struct SystemClock: ManagerClock {
  /// The clock; it has no settings.
  public init() {}
  /// The time of day.
  public var now: Date { Date() }
  /// Sleeps.
  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
