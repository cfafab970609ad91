/// How long to wait before the next attempt: doubling from a floor to a ceiling, with half of each step left to chance.
///
/// A site's gateways lose their manager all at once, and must not all come back in the same instant. Chance is passed
/// in, so that a test can say what it was.
public struct Backoff: Sendable {
  /// The first step.
  public let floor: Duration
  /// The longest step.
  public let ceiling: Duration

  private var step: Duration

  /// - Parameters:
  ///   - floor: the first step; more than zero.
  ///   - ceiling: the longest step; not less than `floor`.
  public init(floor: Duration, ceiling: Duration) {
    precondition(floor > .zero && ceiling >= floor, "a back-off rises from a floor to a ceiling")
    self.floor = floor
    self.ceiling = ceiling
    self.step = floor
  }

  /// The next delay: between half of the current step and the whole of it. The step then doubles.
  public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    let half = step / 2
    defer { step = min(step * 2, ceiling) }
    return half + half * Double.random(in: 0...1, using: &generator)
  }

  /// The other side asks for patience: the next step is the longest one.
  public mutating func raise() {
    step = ceiling
  }

  /// The attempt succeeded: the next failure starts from the floor again.
  public mutating func reset() {
    step = floor
  }
}
