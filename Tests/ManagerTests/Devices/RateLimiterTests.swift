import Foundation
import Testing

@testable import Manager

@Suite("What one gateway may make the manager write")
struct RateLimiterTests {
  private let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func admitted(_ limiter: RateLimiter, at time: Date) -> Int {
    (0..<100).count { _ in limiter.admits("g", at: time) }
  }

  @Test("A quarter of a minute's at once, then as time brings; a clock that is put back by hours is not waited for")
  func clockPutBack() {
    let limiter = RateLimiter(perMinute: 60)
    #expect(admitted(limiter, at: now) == 15)
    #expect(admitted(limiter, at: now + 5) == 5)
    let corrected = now - 6 * 3600
    #expect(admitted(limiter, at: corrected) == 0)
    #expect(admitted(limiter, at: corrected + 10) == 10)
  }
}
