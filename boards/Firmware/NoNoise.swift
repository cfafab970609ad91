public import DeviceCrypto

/// The noise source of a board that has none: every request for a key ends in `CryptoError.noEntropy`.
public struct NoNoise: NoiseSource {
  public static var minEntropyBitsPerSample: UInt8 { 8 }

  public init() {}

  public mutating func next() -> UInt8? { nil }
}
