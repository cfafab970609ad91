import Foundation
import Synchronization

/// How often one gateway may make the manager write on a stranger's word: a token bucket a gateway.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: Date
  }
  private let perMinute: Double
  private let buckets = Mutex<[String: Bucket]>([:])

  /// - Parameter perMinute: how many in a minute; a quarter of them at once.
  init(perMinute: Int) { self.perMinute = Double(perMinute) }

  /// Whether one more is admitted now; if so, it counts.
  func admits(_ name: String, at now: Date) -> Bool {
    let capacity = max(1, perMinute / 4)
    return buckets.withLock { buckets in
      var bucket = buckets[name] ?? Bucket(tokens: capacity, filledAt: now)
      let seconds = max(0, now.timeIntervalSince(bucket.filledAt))
      bucket.tokens = min(capacity, bucket.tokens + seconds * perMinute / 60)
      bucket.filledAt = now
      let isAdmitted = bucket.tokens >= 1
      if isAdmitted { bucket.tokens -= 1 }
      buckets[name] = bucket
      return isAdmitted
    }
  }
}
