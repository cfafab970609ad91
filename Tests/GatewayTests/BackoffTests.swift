import TestKit
import Testing

@testable import Gateway

@Suite("Back-off")
struct BackoffTests {
  @Test("Steps double up to the ceiling, each between its half and its whole, and start again after a success")
  func steps() {
    for seed: UInt64 in 1...100 {
      var generator = SplitMix(seed: seed)
      var backoff = Backoff(floor: .milliseconds(100), ceiling: .seconds(1))
      for whole in [100, 200, 400, 800, 1_000, 1_000] {
        let delay = backoff.next(using: &generator)
        #expect(delay >= .milliseconds(whole / 2) && delay <= .milliseconds(whole), "seed \(seed)")
      }
      backoff.reset()
      #expect(backoff.next(using: &generator) <= .milliseconds(100), "seed \(seed)")
    }
  }

  @Test("Two gateways that lose their manager at once do not come back at once")
  func jitter() {
    var generator = SplitMix(seed: 7)
    let delays = (0..<100).map { _ in
      var backoff = Backoff(floor: .seconds(1), ceiling: .seconds(30))
      return backoff.next(using: &generator)
    }
    #expect(Set(delays).count > 95)
  }
}
