/// So many events in a row, and so many a second on the average.
public struct RateLimit: Equatable, Sendable {
  /// How many a second, in the long run; more than zero.
  public var perSecond: Double
  /// How many at once after a silence; at least 1.
  public var burst: Double

  /// A limit by its parts.
  public init(perSecond: Double, burst: Double) {
    self.perSecond = perSecond
    self.burst = burst
  }
}

/// Holds a ``RateLimit``: fills by time up to the burst, and each event takes one. Time is in milliseconds of any clock; one
/// that goes back fills nothing.
public struct TokenBucket: Sendable {
  /// What it holds.
  public let limit: RateLimit
  private var level: Double
  /// When it was last asked.
  public private(set) var lastUse: UInt64

  /// A full one.
  public init(_ limit: RateLimit, now: UInt64) {
    self.limit = limit
    self.level = limit.burst
    self.lastUse = now
  }

  /// The clock was set: time counts from there.
  public mutating func clockWasSet(to now: UInt64) { lastUse = now }

  /// - Returns: whether the event is within the limit; it counts only then.
  public mutating func take(now: UInt64) -> Bool {
    let elapsed = Double(now - min(now, lastUse)) / 1_000
    level = min(limit.burst, level + elapsed * limit.perSecond)
    lastUse = max(now, lastUse)
    guard level >= 1 else { return false }
    level -= 1
    return true
  }
}
