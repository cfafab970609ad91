import Synchronization

/// Counts that only grow, one for each label: what Prometheus calls a counter.
final class Tally<Label: Hashable & Sendable>: Sendable {
  private let state = Mutex<[Label: Int]>([:])

  func add(_ label: Label) { state.withLock { $0[label, default: 0] += 1 } }
  var counts: [Label: Int] { state.withLock { $0 } }
}

/// How long something took, each time: what Prometheus calls a histogram.
final class Durations: Sendable {
  /// What was counted up to a moment.
  struct Reading: Sendable, Equatable {
    /// How many took no longer than the bound of the same index, and longer than the one before; the last has no bound.
    var counts: [Int]
    /// All of them together, in seconds.
    var sum = 0.0
  }

  /// In seconds: from a commit on a good disk to a CA that hangs.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  private let state = Mutex(Reading(counts: Array(repeating: 0, count: bounds.count + 1)))

  var reading: Reading { state.withLock { $0 } }

  func add(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    let index = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock { reading in
      reading.counts[index] += 1
      reading.sum += seconds
    }
  }
}
