/// The continuous health tests of SP 800-90B §4.4 over a noise source, sample by sample.
///
/// Every sample the source gives goes through ``take(_:)`` before any use. Until ``EntropyLimits/startupSamples``
/// have passed, and for ever after a failure, ``isHealthy`` is false and the source must not be used: a stuck or
/// dying source would make keys that others can guess. Only ``restart()`` (at power-on) forgets a failure.
public struct EntropyHealth: Sendable {
  private let limits: EntropyLimits
  private var samples: UInt16 = 0  // up to startupSamples
  private var hasFailed = false
  private var last: UInt8 = 0
  private var repetitions: UInt16 = 0
  private var reference: UInt8 = 0
  private var matches: UInt16 = 0
  private var windowPosition: UInt16 = 0

  /// Begins with the start-up test.
  public init(limits: EntropyLimits) {
    self.limits = limits
  }

  /// Whether the start-up test is over and no test has failed.
  public var isHealthy: Bool { !hasFailed && samples >= EntropyLimits.startupSamples }

  /// Whether a test has failed since the start.
  public var isFailed: Bool { hasFailed }

  /// Takes the source's next sample.
  public mutating func take(_ sample: UInt8) {
    countRepetition(of: sample)
    countProportion(of: sample)
    if samples < EntropyLimits.startupSamples { samples += 1 }
  }

  /// Begins again with the start-up test.
  public mutating func restart() {
    self = EntropyHealth(limits: limits)
  }

  private mutating func countRepetition(of sample: UInt8) {
    repetitions = sample == last && repetitions > 0 ? repetitions + 1 : 1
    last = sample
    if repetitions >= limits.repetitionCutoff {
      hasFailed = true
      repetitions = 1
    }
  }

  private mutating func countProportion(of sample: UInt8) {
    if windowPosition == 0 {
      reference = sample
      matches = 0
    }
    if sample == reference { matches += 1 }
    if matches >= limits.proportionCutoff { hasFailed = true }
    windowPosition += 1
    if windowPosition == EntropyLimits.windowSamples { windowPosition = 0 }
  }
}
