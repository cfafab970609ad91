/// How much is done.
struct Scale {
  /// Orders that are timed.
  var orders = 6_000
  /// OCSP questions that are timed, of each kind.
  var questions = 20_000
  /// Certificates that are revoked before one more is.
  var revoked = 100_000
  /// Revocations that are timed, one after another.
  var revocations = 300
  /// Callers at the same time: managers whose orders share a flush to the disk.
  var callers = 256

  static let quick = Scale(orders: 600, questions: 2_000, revoked: 2_000, revocations: 200, callers: 64)
}

/// Does `work` for every element, as so many callers at once; each has its next one done when its last one is.
func concurrently<Element: Sendable, Value: Sendable>(
  _ elements: [Element], callers: Int, _ work: @escaping @Sendable (Element) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: [(Int, Value)].self) { group in
    for caller in 0..<callers {
      group.addTask {
        var done: [(Int, Value)] = []
        for index in stride(from: caller, to: elements.count, by: callers) {
          done.append((index, try await work(elements[index])))
        }
        return done
      }
    }
    var all: [(Int, Value)] = []
    for try await done in group { all += done }
    return all.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
