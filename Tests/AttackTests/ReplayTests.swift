import CoAP
import CoAPStream
import Testing

/// A good session of yesterday, recorded whole, played back today.
@Suite("Yesterday's session replayed")
struct ReplayTests {
  /// Plays all that the manager was sent; where an answer names a new session, that name is put into what follows.
  private static func play(_ story: Story, to manager: ModelManager) throws {
    manager.outbox = []
    for passage in story.wire.capture where passage.direction == .toManager {
      try manager.receive(passage.frame, line: 0, now: story.now + 86_400_000)
      for name in manager.handshakes.keys {
        guard var message = try? CoAPMessage(parsing: passage.frame), let option = message.value(of: .oscore),
          option.count == 6
        else { continue }
        message.set(.oscore, Array(option.prefix(2)) + name)
        try manager.receive(message.serialized(), line: 0, now: story.now + 86_400_000)
      }
    }
  }

  private static func restarted(_ story: Story, _ weaknesses: Set<Weakness> = []) throws -> ModelManager {
    let manager = try ModelManager(
      story.manager.party, authority: story.manager.authority, weaknesses: weaknesses)
    for device in story.devices { manager.know(device) }
    return manager
  }

  @Test("The manager believes nothing of it, neither the one that took part nor one that was started since")
  func manager() throws {
    let story = try Story.enrolled()
    let heard = story.manager.heard.count
    try Self.play(story, to: story.manager)
    #expect(story.manager.heard.count == heard)
    #expect(story.manager.confirmed.count == 1)
    let today = try Self.restarted(story)
    try Self.play(story, to: today)
    #expect(today.heard.isEmpty && today.confirmed.isEmpty && today.issued.isEmpty)
    #expect(!today.outbox.isEmpty)
  }

  @Test("The device obeys nothing of it, neither the one that took part nor one that was started since")
  func device() throws {
    let story = try Story.enrolled()
    let device = story.devices[0]
    let again = try ModelDevice(
      "AT-0001", manager: story.manager.party, authority: story.manager.authority, bootstrap: device.bootstrap)
    let obeyed = device.obeyed.count
    // The restarted one has begun a session of its own, under the same token as yesterday.
    try again.advance(now: 0)
    for passage in story.wire.capture where passage.direction == .toDevice {
      try device.receive(passage.frame, now: story.now + 1_000)
      try again.receive(passage.frame, now: 100)
    }
    #expect(device.obeyed.count == obeyed)
    #expect(again.obeyed.isEmpty && again.sessions == 0 && again.certificate == nil)
  }

  @Test("A manager whose ephemeral keys repeat believes it")
  func weakened() throws {
    let story = try Story.enrolled([.constantRandomness])
    let today = try Self.restarted(story, [.constantRandomness])
    try Self.play(story, to: today)
    #expect(!today.heard.isEmpty && !today.confirmed.isEmpty)
  }

  @Test("A device whose replay window is forgotten obeys a command twice")
  func forgetful() throws {
    let story = try Story.enrolled([.forgetsNumbers])
    for passage in story.wire.capture where passage.direction == .toDevice {
      try story.devices[0].receive(passage.frame, now: story.now + 1_000)
    }
    #expect(story.violations.contains("a command was obeyed twice"))
  }
}
