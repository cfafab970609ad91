import CoAP
import CoAPStream
import OSCORE
import Testing

/// A good session of yesterday, recorded whole, played back today.
@Suite("Yesterday's session replayed")
struct ReplayTests {
  /// An undisturbed enrolment, recorded.
  private struct Recording {
    let story: Story
    /// C_R, which its first protected request had in clear.
    let identifier: [UInt8]

    func frames(_ direction: HostileWire.Direction) -> [HostileWire.Passage] {
      story.wire.capture.filter { $0.direction == direction }
    }

    /// Plays all that the manager was sent to another one.
    func play(to manager: AttackedManager) async throws {
      for passage in frames(.toManager) {
        var message = try CoAPMessage(parsing: passage.frame)
        message.add(.musterLine, "l0")
        if message.code.isRequest { _ = await manager.answer(message) }
        try await manager.settle()
      }
    }

    /// Plays all that the device was sent to another one, each message at its time.
    func play(to device: AttackedDevice) {
      for passage in frames(.toDevice) {
        device.advance(now: passage.at)
        device.receive(passage.frame, now: passage.at)
      }
    }

    /// The same device with its bootstrap key, before anything happened to it.
    func deviceOfToday(_ weaknesses: Set<Weakness> = []) throws -> AttackedDevice {
      let device = try AttackedDevice("AT-0001", weaknesses: weaknesses, keys: story.devices[0].keys)
      try device.provision(root: story.owner.root, descriptor: story.owner.descriptor)
      device.connect(now: 0)
      return device
    }

    /// The manager as it is after a restart.
    func managerOfToday(_ guise: Guise? = nil) throws -> AttackedManager {
      try AttackedManager(authority: try Authority(), guise: guise, former: story.manager)
    }
  }

  private static func recording<Result>(
    _ weaknesses: Set<Weakness> = [], guise: Guise? = nil, _ body: (Recording) async throws -> Result
  ) async throws -> Result {
    try await Story.tell(weaknesses, guise: guise) { story in
      try await story.run()
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
      let first = story.wire.capture.lazy.compactMap { passage -> [UInt8]? in
        guard passage.direction == .toManager, let message = try? CoAPMessage(parsing: passage.frame),
          let option = message.value(of: .oscore), let parsed = try? OSCOREOption.parse(option.span)
        else { return nil }
        return parsed.kid?.array
      }.first
      return try await body(Recording(story: story, identifier: try #require(first)))
    }
  }

  @Test("The manager believes nothing of it, neither the one that took part nor one that was started since")
  func manager() async throws {
    try await Self.recording { recording in
      let before = recording.story.manager.beliefs.count
      try await recording.play(to: recording.story.manager)
      #expect(recording.story.manager.beliefs.count == before)
      // And if it chose the very name for its handshake that it chose yesterday.
      for guise in [nil, Guise(identifier: recording.identifier)] {
        let today = try recording.managerOfToday(guise)
        try await recording.play(to: today)
        #expect(today.beliefs.isEmpty)
        await today.end()
      }
    }
  }

  @Test("The device obeys nothing of it, neither the one that took part nor one that was started since")
  func device() async throws {
    try await Self.recording { recording in
      let device = recording.story.devices[0]
      let before = device.beliefs.count
      for passage in recording.frames(.toDevice) { device.receive(passage.frame, now: recording.story.now + 1_000) }
      #expect(device.beliefs.count == before)
      let today = try recording.deviceOfToday()
      recording.play(to: today)
      #expect(today.beliefs.isEmpty && !today.hasSession && !today.isCertified)
    }
  }

  @Test("A manager whose ephemeral keys repeat believes it")
  func weakenedManager() async throws {
    let guise = Guise(identifier: [0x5A, 0x5A, 0x5A, 0x5A], repeatsKeys: true)
    try await Self.recording(guise: guise) { recording in
      let today = try recording.managerOfToday(guise)
      try await recording.play(to: today)
      #expect(!today.beliefs.isEmpty)
      await today.end()
    }
  }

  @Test("A device whose ephemeral keys repeat obeys it, and one whose replay window is forgotten believes it twice")
  func weakenedDevice() async throws {
    try await Self.recording([.constantRandomness]) { recording in
      let today = try recording.deviceOfToday([.constantRandomness])
      recording.play(to: today)
      #expect(today.beliefs.contains { $0.isObeyed })
    }
    try await Self.recording([.forgetsNumbers]) { recording in
      let device = recording.story.devices[0]
      for passage in recording.frames(.toDevice) { device.receive(passage.frame, now: recording.story.now + 1_000) }
      let violations = try await recording.story.violations()
      #expect(violations.contains { $0.hasSuffix("twice") })
    }
  }
}
