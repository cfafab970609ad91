public import DeviceCrypto
import NRF51
import Registers

/// The nRF51's thermal noise. Nordic corrects its bias but publishes no assessment: four bits of min-entropy a byte are
/// claimed, half of what an ideal source has.
public struct MicrobitNoise: NoiseSource {
  public static var minEntropyBitsPerSample: UInt8 { 4 }

  public init() {}

  public mutating func next() -> UInt8? { RandomNumberGenerator(MemoryMappedIO()).next() }
}
