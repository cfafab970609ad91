import COSE
public import DeviceCrypto
public import DeviceKit

extension EntropyHealth: NoiseHealth {}

/// The noise of an image, tested and conditioned; one global of it stands behind PSA's random generator.
public typealias TestedNoise<Source: NoiseSource> = ConditionedNoise<Source, EntropyHealth>

extension ConditionedNoise where Source: ~Copyable {
  /// Answers `mbedtls_psa_external_get_random`, mbedTLS's way to ask for random bytes.
  ///
  /// - Returns: a PSA status: success, or PSA_ERROR_INSUFFICIENT_ENTROPY, and mbedTLS gives the operation up.
  public mutating func answer(_ bytes: UnsafeMutablePointer<UInt8>, count: Int) -> Int32 {
    var span = MutableSpan(_unsafeStart: bytes, count: count)
    do throws(CryptoError) {
      try random(into: &span)
      return 0
    } catch {
      return -148
    }
  }
}
