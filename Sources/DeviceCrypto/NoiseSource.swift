/// A board's source of physical noise, sample by sample, before any processing.
public protocol NoiseSource: ~Copyable {
  /// The min-entropy that one sample is claimed to hold, in bits: at least 4, at most 8. Claim less than is believed:
  /// too high a claim makes guessable keys, too low a claim only costs time. A source that holds less than four bits
  /// a sample is never used: let its driver pack more into a sample.
  static var minEntropyBitsPerSample: UInt8 { get }

  /// Waits for the next sample; `nil` when the source is not there or does not deliver.
  mutating func next() -> UInt8?
}
