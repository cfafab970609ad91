import DeviceCrypto
import DeviceKit
import Firmware
import MPS2Board

/// `nonisolated(unsafe)`: only PSA asks for random bytes, and PSA is only called from the main loop.
nonisolated(unsafe) private var noise = TestedNoise(
  source: NoNoise(), health: EntropyHealth(limits: .fourBitsPerByte))

/// Where mbedTLS gets its random bytes.
@c(mbedtls_psa_external_get_random)
func getRandom(
  _ context: OpaquePointer, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ written: UnsafeMutablePointer<Int>
) -> Int32 {
  written.pointee = count
  return noise.answer(bytes, count: count)
}
