/// Holds a ``RateLimit``: fills by time up to the burst, and each event takes one.
struct TokenBucket {
  let limit: RateLimit
  private var level: Double
  private(set) var lastUse: UInt64

  /// A full one.
  init(_ limit: RateLimit, now: UInt64) {
    self.limit = limit
    self.level = limit.burst
    self.lastUse = now
  }

  /// - Returns: whether the event is within the limit; it counts only then.
  mutating func take(now: UInt64) -> Bool {
    let elapsed = Double(now - min(now, lastUse)) / 1_000
    level = min(limit.burst, level + elapsed * limit.perSecond)
    lastUse = max(now, lastUse)
    guard level >= 1 else { return false }
    level -= 1
    return true
  }
}
