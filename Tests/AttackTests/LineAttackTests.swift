import Testing

/// A man in the middle of a device's line, between device and manager: RFC 3552's attacker.
@Suite("A man in the middle of the line")
struct LineAttackTests {
  private static func story(_ mischief: Mischief, seed: UInt64, _ weaknesses: Set<Weakness> = []) throws -> Story {
    let authority = try Authority()
    let manager = try ModelManager(Party(), authority: authority, weaknesses: weaknesses)
    let device = try ModelDevice("AT-0001", manager: manager.party, authority: authority, weaknesses: weaknesses)
    manager.know(device)
    var story = Story(manager, [device], wire: HostileWire(seed: seed, mischief: mischief))
    try story.run()
    return story
  }

  @Test(
    "Whatever he does, no wrong certificate and no command but the manager's; once he tires, the device enrols",
    arguments: Mischief.allCases)
  func nothingWrong(mischief: Mischief) throws {
    for seed in Seeds.all {
      let story = try Self.story(mischief, seed: seed)
      #expect(story.violations.isEmpty, "\(mischief), seed \(seed)")
      #expect(story.isEnrolled, "\(mischief), seed \(seed): after \(story.now) ms of the line's time")
    }
  }

  @Test(
    "Each of his ways brings down a build that lacks the defence against it",
    arguments: [
      (Mischief.flip, Weakness.ignoresTags), (.truncate, .ignoresTags), (.inject, .unprotected),
      (.duplicate, .forgetsNumbers), (.replay, .forgetsNumbers), (.drop, .withoutRetry), (.delay, .withoutEcho),
      (.reorder, .withoutRetry),
    ])
  func weakened(mischief: Mischief, weakness: Weakness) throws {
    let fell = try Seeds.weak.contains { seed in
      let story = try Self.story(mischief, seed: seed, [weakness])
      return !story.violations.isEmpty || !story.isEnrolled || story.obeyedLate
    }
    #expect(fell, "a build with \(weakness) survives \(mischief): this test would not notice the loss of its defence")
  }

  @Test("No command is obeyed that was given more than 30 seconds before", arguments: [Mischief.delay, .reorder])
  func lateness(mischief: Mischief) throws {
    for seed in Seeds.all {
      let story = try Self.story(mischief, seed: seed)
      #expect(!story.obeyedLate, "\(mischief), seed \(seed)")
    }
  }
}
