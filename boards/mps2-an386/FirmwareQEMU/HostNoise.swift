import CSemihosting
import DeviceCrypto

/// The emulating host's random generator, by semihosting. QEMU's MPS2 boards have no noise source of their own.
///
/// Only this image has it: on real hardware without a debugger the semihosting call is a fault.
struct HostNoise: NoiseSource {
  static var minEntropyBitsPerSample: UInt8 { 8 }

  private var bytes = InlineArray<16, UInt8>(repeating: 0)
  private var used = 16

  mutating func next() -> UInt8? {
    if used == bytes.count {
      var span = bytes.mutableSpan
      let missing = span.withUnsafeMutableBufferPointer {
        guard let start = $0.baseAddress else { return UInt32.max }
        return semihosting_urandom(start, UInt32($0.count))
      }
      guard missing == 0 else { return nil }
      used = 0
    }
    defer { used += 1 }
    return bytes[used]
  }
}
