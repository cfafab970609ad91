/// Milliseconds since boot, out of a free-running 32-bit counter that wraps around.
///
/// Neither Cortex-M0 nor M3 divides 64-bit numbers in hardware, so the clock adds up what passed since it was last
/// asked, in 32-bit arithmetic. It must be asked at least once per wrap of the counter.
public struct MillisecondClock {
  private let ticksPerMillisecond: UInt32
  private var lastCount: UInt32 = 0
  private var leftoverTicks: UInt32 = 0
  private var milliseconds: UInt64 = 0

  /// - Parameter ticksPerMillisecond: how fast the counter counts; at least 1.
  public init(ticksPerMillisecond: UInt32) {
    self.ticksPerMillisecond = ticksPerMillisecond
  }

  /// Milliseconds since the counter stood at zero, given that it now stands at `count`.
  public mutating func now(count: UInt32) -> UInt64 {
    let passed = count &- lastCount
    lastCount = count
    leftoverTicks += passed % ticksPerMillisecond
    // Other conversions to 64 bits go through arrays of words where UInt has 32, and arrays are not to be had here.
    milliseconds += UInt64(_truncatingBits: UInt(passed / ticksPerMillisecond))
    if leftoverTicks >= ticksPerMillisecond {
      leftoverTicks -= ticksPerMillisecond
      milliseconds += 1
    }
    return milliseconds
  }
}
