/// How far a noise source may stray before it counts as broken: the cutoffs of SP 800-90B §4.4 for one-byte samples.
///
/// Both follow from the min-entropy H that is claimed for a sample and the false alarm rate α = 2⁻³⁰: the repetition
/// count's is 1 + ⌈30/H⌉, the adaptive proportion's is 1 + critbinom(512, 2⁻ᴴ, 1 − α).
public struct EntropyLimits: Equatable, Sendable {
  /// Equal samples in a row that fail the repetition count test (§4.4.1).
  public var repetitionCutoff: UInt16
  /// Samples equal to the first of a window that fail the adaptive proportion test (§4.4.2).
  public var proportionCutoff: UInt16

  /// Samples in a window of the adaptive proportion test.
  public static let windowSamples: UInt16 = 512
  /// Samples that have to pass before any is used (§4.3).
  public static let startupSamples: UInt16 = 1024

  /// Cutoffs of one's own, for a source that was assessed.
  public init(repetitionCutoff: UInt16, proportionCutoff: UInt16) {
    self.repetitionCutoff = repetitionCutoff
    self.proportionCutoff = proportionCutoff
  }

  /// For a source of which at least one bit of min-entropy a byte is claimed.
  public static let oneBitPerByte = EntropyLimits(repetitionCutoff: 31, proportionCutoff: 325)
  /// For a source of which at least four bits of min-entropy a byte are claimed.
  public static let fourBitsPerByte = EntropyLimits(repetitionCutoff: 9, proportionCutoff: 71)
}
