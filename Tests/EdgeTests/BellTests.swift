import Edge
import Testing

@Suite("A bell")
struct BellTests {
  @Test("Rings before the wait are not lost, and count once")
  func early() async throws {
    let bell = Bell()
    bell.ring()
    bell.ring()
    try await bell.wait()
    let second = Task { try await bell.wait() }
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
  }

  @Test(
    "A wait that is cancelled throws, also when it was before it began, and the next one waits as if nothing had been")
  func cancelled() async throws {
    let bell = Bell()
    for _ in 0..<100 {
      let task = Task { try await bell.wait() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    let task = Task { try await bell.wait() }
    bell.ring()
    try await task.value
  }

  @Test("A thousand waits that time ended leave it whole: the next is ended by the ring alone")
  func timeEnds() async throws {
    let bell = Bell()
    for _ in 0..<1_000 { try await bell.wait(orUntil: {}) }
    // Never waited for: an hour is 'for ever', and the ring ends it.
    let task = Task { try await bell.wait { try await Task.sleep(for: .seconds(3600)) } }
    bell.ring()
    try await task.value
  }

  @Test("What the time throws ends the wait")
  func timeThrows() async {
    struct Broken: Error {}
    await #expect(throws: Broken.self) { try await Bell().wait { throw Broken() } }
  }
}
