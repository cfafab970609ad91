import Edge
import Foundation
import Synchronization

/// How often what comes over one gateway may make the manager write: a token bucket a gateway.
final class RateLimiter: Sendable {
  private let limit: RateLimit
  private let buckets = Mutex<[String: TokenBucket]>([:])

  /// - Parameter perMinute: how many in a minute; a quarter of them at once.
  init(perMinute: Int) {
    limit = RateLimit(perSecond: Double(perMinute) / 60, burst: max(1, Double(perMinute) / 4))
  }

  /// Whether one more is admitted now; if so, it counts.
  func admits(_ name: String, at now: Date) -> Bool {
    let now = UInt64(max(0, now.timeIntervalSince1970 * 1_000))
    return buckets.withLock { buckets in
      var bucket = buckets[name] ?? TokenBucket(limit, now: now)
      // The time of day may be put right by hours, and nobody is to wait for them.
      if now < bucket.lastUse { bucket.clockWasSet(to: now) }
      defer { buckets[name] = bucket }
      return bucket.take(now: now)
    }
  }
}

/// What callers may make the manager write. Strangers have a limit of their own, so that they use up nothing of those who
/// proved a key that is known here.
struct CallLimits: Sendable {
  let ofStrangers: RateLimiter
  let ofKnown: RateLimiter

  /// - Parameter perMinute: of each kind, over one gateway.
  init(perMinute: Int) {
    ofStrangers = RateLimiter(perMinute: perMinute)
    ofKnown = RateLimiter(perMinute: perMinute)
  }
}
