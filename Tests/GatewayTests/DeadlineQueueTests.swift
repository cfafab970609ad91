import TestKit
import Testing

@testable import Gateway

@Suite("Who has to be looked at next")
struct DeadlineQueueTests {
  @Test(
    "It holds what a plain table would, whatever is set, moved and removed", arguments: 1...20 as ClosedRange<UInt64>)
  func model(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var queue = DeadlineQueue<Int>()
    var table: [Int: UInt64] = [:]
    for step in 0..<2_000 {
      let key = Int.random(in: 0..<40, using: &generator)
      switch UInt8.random(in: 0..<8, using: &generator) {
      case 0:
        queue.set(key, nil)
        table[key] = nil
      case 1:
        let now = UInt64.random(in: 0..<120, using: &generator)
        let due = queue.removeDue(now: now)
        let times = due.map { table[$0] ?? .max }
        #expect(Set(due) == Set(table.filter { $0.value <= now }.keys), "seed \(seed), step \(step)")
        #expect(times == times.sorted(), "seed \(seed), step \(step)")
        for key in due { table[key] = nil }
      default:
        let deadline = UInt64.random(in: 0..<100, using: &generator)
        queue.set(key, deadline)
        table[key] = deadline
      }
      #expect(queue.count == table.count, "seed \(seed), step \(step)")
      #expect(queue.first?.deadline == table.values.min(), "seed \(seed), step \(step)")
      if let first = queue.first { #expect(table[first.key] == first.deadline, "seed \(seed), step \(step)") }
    }
  }

  @Test("Setting one of a hundred thousand touches few others: a million settings are done in no time")
  func cost() {
    var queue = DeadlineQueue<Int>()
    for key in 0..<100_000 { queue.set(key, UInt64(key)) }
    let start = ContinuousClock.now
    for step in 0..<100_000 { queue.set(step, UInt64(100_000 + (step * 7_919) % 100_000)) }
    // A look at all of them each time would be ten thousand million steps.
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(queue.count == 100_000)
  }
}
