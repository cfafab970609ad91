public import DeviceCrypto

/// The same bytes after every start: for images that measure, so that two measurements can be compared and no waiting
/// for physical noise is counted. Its keys are worthless. No other image may use it.
public struct RepeatableNoise: NoiseSource {
  public static var minEntropyBitsPerSample: UInt8 { 4 }
  private var state: UInt32 = 0

  public init() {}

  /// Numerical Recipes' linear congruential generator, its highest byte.
  public mutating func next() -> UInt8? {
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(truncatingIfNeeded: state >> 24)
  }
}
