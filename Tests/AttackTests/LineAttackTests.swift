import Testing

/// A man in the middle of a device's line, between the product's device and gateway: RFC 3552's attacker. He has whole
/// messages; `SerialLineTests` is about bytes.
@Suite("A man in the middle of the line")
struct LineAttackTests {
  private struct Outcome {
    let violations: [String]
    let isEnrolled: Bool
    let obeyedLate: Bool
    let milliseconds: UInt64
  }

  private static func outcome(
    _ mischief: Mischief?, seed: UInt64 = 0, _ weaknesses: Set<Weakness> = []
  ) async throws -> Outcome {
    try await Story.tell(weaknesses, line: HostileWire(seed: seed, mischief: mischief)) { story in
      try await story.run()
      return Outcome(
        violations: try await story.violations(), isEnrolled: story.isEnrolled, obeyedLate: story.obeyedLate,
        milliseconds: story.now)
    }
  }

  @Test(
    "Whatever he does, no wrong certificate and no command but the manager's; once he tires, the device enrols",
    arguments: Mischief.allCases)
  func nothingWrong(mischief: Mischief) async throws {
    for seed in Seeds.all {
      let outcome = try await Self.outcome(mischief, seed: seed)
      #expect(outcome.violations.isEmpty, "\(mischief), seed \(seed)")
      #expect(outcome.isEnrolled, "\(mischief), seed \(seed): after \(outcome.milliseconds) ms of the line's time")
      // A command given more than 30 seconds before is obeyed by nobody: what he held back is Echo's to refuse.
      #expect(!outcome.obeyedLate, "\(mischief), seed \(seed)")
    }
  }

  @Test(
    "Left alone a weakened build enrols as well, and nothing is amiss: what fells it is the attack",
    arguments: Weakness.allCases)
  func leftAlone(weakness: Weakness) async throws {
    let outcome = try await Self.outcome(nil, [weakness])
    #expect(outcome.isEnrolled && outcome.violations.isEmpty && !outcome.obeyedLate)
  }

  @Test(
    "Each of his ways brings down a build that lacks the defence against it",
    arguments: [
      (Mischief.flip, Weakness.ignoresTags), (.truncate, .ignoresTags), (.inject, .unprotected),
      (.duplicate, .forgetsNumbers), (.replay, .forgetsNumbers), (.drop, .withoutRetry), (.delay, .withoutEcho),
      (.reorder, .withoutRetry),
    ])
  func weakened(mischief: Mischief, weakness: Weakness) async throws {
    for seed in Seeds.weak {
      let outcome = try await Self.outcome(mischief, seed: seed, [weakness])
      switch weakness {
      case .withoutRetry: if !outcome.isEnrolled { return }
      case .withoutEcho: if outcome.obeyedLate { return }
      default: if !outcome.violations.isEmpty { return }
      }
    }
    Issue.record("a build with \(weakness) survives \(mischief): this test would not notice the loss of its defence")
  }
}
