import Testing

@Suite("Two devices' messages crossed")
struct CrossedDevicesTests {
  private static let names = ["AT-0001", "AT-0002"]

  @Test("Under each other's line each enrols as itself: the session is the identity, the line a hint")
  func relabelled() async throws {
    var wire = HostileWire()
    wire.crossingToManager = [0: 1, 1: 0]
    wire.crossingToDevice = [0: 1, 1: 0]
    try await Story.tell(of: Self.names, line: wire) { story in
      try await story.run()
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
    }
  }

  @Test("Each gets what is for the other: neither obeys, no order is mixed up, and once uncrossed both enrol")
  func misdelivered() async throws {
    var wire = HostileWire()
    wire.crossingToDevice = [0: 1, 1: 0]
    try await Story.tell(of: Self.names, line: wire) { story in
      try await story.run(until: 120_000)
      #expect(!story.isEnrolled)
      #expect(story.devices.allSatisfy { $0.beliefs.isEmpty })
      let crossed = try await story.violations()
      #expect(crossed.isEmpty)
      story.wire.crossingToDevice = [:]
      try await story.run()
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
    }
  }

  @Test("Crossed in the middle of an enrolment, both ways and one way: nothing is mixed up", arguments: 0..<12)
  func midway(frames: Int) async throws {
    for isOneWay in [false, true] {
      try await Story.tell(of: Self.names) { story in
        try await story.run(until: UInt64(frames) * 5)
        story.wire.crossingToDevice = [0: 1, 1: 0]
        if !isOneWay { story.wire.crossingToManager = [0: 1, 1: 0] }
        try await story.run(until: 60_000)
        story.wire.crossingToDevice = [:]
        story.wire.crossingToManager = [:]
        try await story.run()
        #expect(story.isEnrolled, "after \(frames * 5) ms, one way: \(isOneWay)")
        let isSound = try await story.violations().isEmpty
        #expect(isSound, "after \(frames * 5) ms, one way: \(isOneWay)")
      }
    }
  }

  /// A device with the bootstrap key of one and the name of another, both of which the manager knows.
  private static func pretence(_ weaknesses: Set<Weakness>) async throws -> (certificates: Int, beliefs: Int) {
    try await Story.tell(of: names, weaknesses) { story in
      let pretender = try AttackedDevice("AT-0001", keys: story.devices[1].keys)
      try pretender.provision(root: story.owner.root, descriptor: story.owner.descriptor)
      var told = try Story(story.manager, [pretender], story.owner)
      try await told.run(until: 120_000)
      #expect(pretender.isCertified == !weaknesses.isEmpty)
      return (try await story.manager.certificates(of: "AT-0001").count, story.manager.beliefs.count)
    }
  }

  @Test("A device under another's name is refused, though its own session is good")
  func anothersName() async throws {
    let outcome = try await Self.pretence([])
    #expect(outcome.certificates == 0 && outcome.beliefs > 0)
  }

  @Test("Without protection they are mixed up; a manager that takes any device certifies the one as the other")
  func weakened() async throws {
    var wire = HostileWire()
    wire.crossingToDevice = [0: 1, 1: 0]
    try await Story.tell(of: Self.names, [.unprotected], line: wire) { story in
      try await story.run(until: 120_000)
      let violations = try await story.violations()
      #expect(!violations.isEmpty)
    }
    let certificates = try await Self.pretence([.takesAnyDevice]).certificates
    #expect(certificates > 0)
  }
}
