import Testing

/// A man in the middle of the serial line: between two terminals, byte by byte, with the product's device and link at one
/// of them and the gateway's own line at the other.
@Suite("An attacker of the line's bytes", .serialized)
struct SerialLineTests {
  /// How many stories are told at the same time: they mostly wait.
  private static let concurrency = 8

  /// Tells stories side by side.
  private static func tell<Key: Sendable>(
    _ keys: [Key], _ story: @escaping @Sendable (Key) async throws -> SerialStory.Outcome
  ) async throws -> [(key: Key, outcome: SerialStory.Outcome)] {
    try await withThrowingTaskGroup(of: (Key, SerialStory.Outcome).self) { group in
      var rest = keys[...]
      for key in rest.prefix(concurrency) { group.addTask { (key, try await story(key)) } }
      rest = rest.dropFirst(concurrency)
      var outcomes: [(Key, SerialStory.Outcome)] = []
      while let next = try await group.next() {
        outcomes.append(next)
        if let key = rest.popFirst() { group.addTask { (key, try await story(key)) } }
      }
      return outcomes
    }
  }

  @Test("Whatever he does to them, no wrong certificate and no word believed that nobody said; then the device enrols")
  func nothingWrong() async throws {
    let keys = Seeds.serial.flatMap { seed in Mischief.allCases.map { ($0, seed) } }
    for (key, outcome) in try await Self.tell(keys, { try await SerialStory.tell($0.0, seed: $0.1) }) {
      #expect(outcome.violations.isEmpty, "\(key.0), seed \(key.1)")
      #expect(outcome.isEnrolled, "\(key.0), seed \(key.1): after \(outcome.milliseconds) ms of the story")
    }
  }

  /// What he mends so that the link believes it is up to the session; what noise does is up to the link and the retries.
  private static let twins: [(mischief: Mischief, weakness: Weakness)] = [
    (.flip, .ignoresTags), (.truncate, .ignoresTags), (.inject, .unprotected), (.duplicate, .forgetsNumbers),
    (.replay, .forgetsNumbers), (.drop, .withoutRetry), (.reorder, .withoutRetry), (.delay, .withoutRetry),
  ]

  @Test("Each of his ways brings down a build that lacks the defence against it")
  func weakened() async throws {
    let fell = try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
      for index in Self.twins.indices {
        group.addTask { (index, try await Self.falls(Self.twins[index].mischief, Self.twins[index].weakness)) }
      }
      return try await group.reduce(into: Set<Int>()) { if $1.1 { $0.insert($1.0) } }
    }
    for (index, twin) in Self.twins.enumerated() {
      #expect(
        fell.contains(index),
        "a build with \(twin.weakness) survives \(twin.mischief): this test would not notice the loss of its defence")
    }
  }

  /// Whether one of a few seeds brings a weakened build down.
  private static func falls(_ mischief: Mischief, _ weakness: Weakness) async throws -> Bool {
    for seed in Seeds.weak {
      // One that asks nothing twice is stuck or it is not; what was believed is known when the attack is over.
      let patience: UInt64 = weakness == .withoutRetry ? 30_000 : 0
      let outcome = try await SerialStory.tell(mischief, seed: seed, [weakness], patience: patience)
      if weakness == .withoutRetry ? !outcome.isEnrolled : !outcome.violations.isEmpty { return true }
    }
    return false
  }
}
