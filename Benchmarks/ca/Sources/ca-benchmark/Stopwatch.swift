import Foundation

/// What a piece of work took: by the clock on the wall, and of processor time in all of the process's threads.
///
/// On one core, and with nothing else on it, the two differ by the waits for the disk. What else runs on the machine lengthens only
/// the first.
struct Stopwatch {
  /// Seconds by the wall.
  private(set) var wall = 0.0
  /// Seconds of processor time.
  private(set) var processor = 0.0

  /// Adds what `work` takes.
  mutating func measure<Value>(_ work: () async throws -> Value) async rethrows -> Value {
    let (start, ticks) = (ContinuousClock.now, clock())
    let value = try await work()
    wall += (ContinuousClock.now - start) / .seconds(1)
    // The process's, in microseconds (POSIX).
    processor += Double(clock() - ticks) / 1e6
    return value
  }
}
