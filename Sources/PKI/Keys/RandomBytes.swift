/// Bytes from the system's cryptographic random number generator.
///
/// - Parameter count: how many.
public func randomBytes(_ count: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count) { bytes, initializedCount in
    // By words: on Linux each call of the generator is a call of the kernel.
    var generator = SystemRandomNumberGenerator()
    var word: UInt64 = 0
    for index in 0..<count {
      if index % 8 == 0 { word = generator.next() }
      bytes[index] = UInt8(truncatingIfNeeded: word)
      word >>= 8
    }
    initializedCount = count
  }
}
