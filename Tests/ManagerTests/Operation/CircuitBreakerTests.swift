import Synchronization
import Testing

@testable import Manager

@Suite("Leaving a CA alone that does not answer")
struct CircuitBreakerTests {
  /// A time that a test moves.
  private final class Time: Sendable {
    private let state = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { state.withLock { $0 } }
    func pass(_ duration: Duration) { state.withLock { $0 += duration } }
  }

  private let time = Time()
  private let breaker: CircuitBreaker

  init() {
    let time = time
    breaker = CircuitBreaker(now: { time.now }, spread: { $0 })
  }

  private func fail(_ times: Int) throws {
    for _ in 0..<times { breaker.failed(try breaker.admit(), "It is away.") }
  }

  @Test("Four failures in a row are borne, the fifth keeps the next requests back for two seconds")
  func opens() throws {
    try fail(4)
    #expect(breaker.condition == .closed)
    #expect(breaker.trouble == nil)
    try fail(1)
    #expect(breaker.condition == .open(until: time.now + .seconds(2)))
    let error = #expect(throws: ManagerError(.unreachable, "")) { _ = try breaker.admit() }
    #expect(
      error?.reason
        == "The CA did not answer 5 times in a row and is asked again in 2 seconds. The last time: It is away.")
  }

  @Test("An answer in between begins the count anew")
  func answerBetween() throws {
    try fail(4)
    breaker.succeeded(try breaker.admit())
    try fail(4)
    #expect(breaker.condition == .closed)
  }

  @Test("After the pause one request goes out and no second one; its answer lets all go out, and that is told once")
  func closes() async throws {
    try fail(5)
    time.pass(.seconds(2))
    let probe = try breaker.admit()
    #expect(breaker.condition == .probing)
    #expect(throws: ManagerError(.unreachable, "")) { _ = try breaker.admit() }
    breaker.succeeded(probe)
    #expect(breaker.condition == .closed)
    for await _ in breaker.returns { break }
    breaker.succeeded(try breaker.admit())
    #expect(breaker.trouble == nil)
  }

  @Test("Each probe that fails doubles the pause, up to a minute")
  func pauses() throws {
    try fail(5)
    var pauses: [Duration] = []
    for _ in 0..<8 {
      guard case .open(let end) = breaker.condition else {
        Issue.record("\(breaker.condition)")
        return
      }
      pauses.append(end - time.now)
      time.pass(end - time.now)
      try fail(1)
    }
    #expect(pauses == [2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
  }

  @Test("What was under way before decides nothing when it fails, and is good news when it does not")
  func stale() throws {
    let (first, second) = (try breaker.admit(), try breaker.admit())
    try fail(5)
    let condition = breaker.condition
    breaker.failed(first, "It is away.")
    #expect(breaker.condition == condition)
    time.pass(.seconds(2))
    let probe = try breaker.admit()
    breaker.succeeded(second)
    #expect(breaker.condition == .closed)
    // One failure of five.
    breaker.failed(probe, "It is away.")
    #expect(breaker.condition == .closed)
  }

  @Test("A probe that was given up here lets the next one go at once")
  func abandoned() throws {
    try fail(5)
    time.pass(.seconds(2))
    breaker.abandoned(try breaker.admit())
    _ = try breaker.admit()
    #expect(breaker.condition == .probing)
  }
}
