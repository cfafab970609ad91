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

/// 32 random bits that tell this boot from the one before; 0 where there is no entropy, which the link can live with.
func randomWord(_ crypto: inout PSACryptography) -> UInt32 {
  var bytes = InlineArray<4, UInt8>(repeating: 0)
  var span = bytes.mutableSpan
  try? crypto.random(into: &span)
  var word: UInt32 = 0
  for index in bytes.indices { word = word << 8 | UInt32(bytes[index]) }
  return word
}
