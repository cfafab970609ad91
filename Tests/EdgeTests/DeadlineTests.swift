import Edge
import Testing

@Suite("Deadlines")
struct DeadlineTests {
  private struct Broken: Error {}

  @Test("What is done in time is returned, and what fails in time fails so")
  func inTime() async throws {
    #expect(try await withDeadline(.seconds(3600)) { 7 } == 7)
    await #expect(throws: Broken.self) { try await withDeadline(.seconds(3600)) { throw Broken() } }
  }

  @Test("What is not done in time is cancelled, and said so")
  func late() async {
    await #expect(throws: DeadlineExceeded()) {
      try await withDeadline(.zero) { try await Task.sleep(for: .seconds(3600)) }
    }
  }

  @Test("Cancelled from outside, it is no deadline's fault")
  func cancelled() async {
    let task = Task { try await withDeadline(.seconds(3600)) { try await Task.sleep(for: .seconds(3600)) } }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
