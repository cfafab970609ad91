public import COSE

/// Randomness for keys and nonces out of a board's physical noise: tested sample by sample, then conditioned with
/// SHA-256, a vetted conditioning function of SP 800-90B (section 3.1.5.1).
///
/// Every 32 bytes of output stand on fresh samples that hold at least 64 bits more than the output, so that no
/// generator's state, which could leak or be stored, lies between the noise and the key (SP 800-90C, full entropy).
public struct ConditionedNoise<Source: NoiseSource & ~Copyable, Health: NoiseHealth>: ~Copyable {
  private var source: Source
  private var health: Health

  /// Takes a source that is running. The start-up tests come with the first use.
  public init(source: consuming Source, health: Health) {
    self.source = source
    self.health = health
  }

  /// Whether the source has passed its start-up tests and every test since.
  public var isHealthy: Bool { health.isHealthy }

  /// Runs the start-up tests if that has not been done: nothing but the health of the source is learnt from their
  /// samples.
  ///
  /// - Throws: `CryptoError.noEntropy` if the source does not deliver, or fails.
  public mutating func prove() throws(CryptoError) {
    while !health.isHealthy {
      _ = try sample()
    }
  }

  /// Fills `bytes` with random bytes.
  ///
  /// - Throws: `CryptoError.noEntropy` if the source does not deliver or fails a test; the bytes are zero then.
  public mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    do throws(CryptoError) {
      try prove()
      var done = 0
      while done < bytes.count {
        let block = try conditionedBlock()
        for index in 0..<min(block.count, bytes.count - done) {
          bytes[done + index] = block[index]
        }
        done += block.count
      }
    } catch {
      for index in bytes.indices { bytes[index] = 0 }
      throw error
    }
  }

  /// 32 bytes with full entropy: SHA-256 over samples that hold 256 + 64 bits.
  ///
  /// In one call and one buffer: PSA asks while a key is being made or used, where stack is dearest.
  private mutating func conditionedBlock() throws(CryptoError) -> InlineArray<32, UInt8> {
    let perSample = Int(Source.minEntropyBitsPerSample)
    let count = (256 + 64 + perSample - 1) / perSample
    var samples = InlineArray<80, UInt8>(repeating: 0)
    guard count <= samples.count else { throw .noEntropy }
    for index in 0..<count { samples[index] = try sample() }

    var digest = InlineArray<32, UInt8>(repeating: 0)
    var span = digest.mutableSpan
    try PSAHash.digest(of: samples.span.extracting(0..<count), into: &span)
    return digest
  }

  private mutating func sample() throws(CryptoError) -> UInt8 {
    guard !health.isFailed, let sample = source.next() else { throw .noEntropy }
    health.take(sample)
    guard !health.isFailed else { throw .noEntropy }
    return sample
  }
}
