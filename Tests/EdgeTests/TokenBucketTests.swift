import Edge
import Testing

@Suite("Token buckets")
struct TokenBucketTests {
  private let limit = RateLimit(perSecond: 2, burst: 5)

  /// How many of ten are taken.
  private func taken(_ bucket: inout TokenBucket, now: UInt64) -> Int {
    var count = 0
    for _ in 0..<10 where bucket.take(now: now) { count += 1 }
    return count
  }

  @Test("A full one gives its burst at once, and then as many as time brings")
  func rate() {
    var bucket = TokenBucket(limit, now: 1_000)
    #expect(taken(&bucket, now: 1_000) == 5)
    #expect(taken(&bucket, now: 1_250) == 0)
    // Half a second is one; what was asked in vain cost nothing.
    #expect(taken(&bucket, now: 1_500) == 1)
    #expect(taken(&bucket, now: 1_500) == 0)
    #expect(taken(&bucket, now: 3_000) == 3)
  }

  @Test("However long it rests, it holds no more than its burst")
  func burst() {
    var bucket = TokenBucket(limit, now: 0)
    #expect(taken(&bucket, now: .max) == 5)
  }

  @Test("A clock that goes back fills nothing and breaks nothing")
  func backwards() {
    var bucket = TokenBucket(limit, now: 10_000)
    #expect(taken(&bucket, now: 10_000) == 5)
    #expect(taken(&bucket, now: 0) == 0)
    #expect(taken(&bucket, now: 10_000) == 0)
    #expect(taken(&bucket, now: 10_500) == 1)
  }
}
