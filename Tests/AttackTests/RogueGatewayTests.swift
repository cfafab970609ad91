import CoAP
import CoAPStream
import PKI
import TestKit
import Testing

/// A gateway with a stolen certificate: everything passes through it, and it may say whatever it likes to either side.
@Suite("A rogue gateway")
struct RogueGatewayTests {
  /// What it can make without keys: its own messages, and what was seen with another number, another kid or other contents.
  private static func forgeries(_ story: Story, _ direction: HostileWire.Direction) -> [CoAPMessage] {
    var random = SplitMix(seed: 7)
    var all = (0..<5).compactMap { try? CoAPMessage(parsing: Forgery.request($0, uptime: story.now)) }
    let seen = story.wire.capture.filter { $0.direction == direction }.map(\.frame)
    for frame in seen {
      guard let message = try? CoAPMessage(parsing: frame), let option = message.value(of: .oscore), option.count > 1,
        message.value(of: .edhoc) == nil
      else { continue }
      for number in UInt8(40)..<140 {
        var forged = message
        // The next numbers, so that the replay window lets them through to the tag.
        forged.set(.oscore, [option[0], number] + option.dropFirst(2))
        forged.payload = number % 2 == 0 ? message.payload : random.bytes(message.payload.count)
        if number % 4 == 0 { forged.payload[Int(number) % forged.payload.count] ^= 1 }
        all.append(forged)
      }
    }
    return all
  }

  @Test("It forges nothing: neither side believes a word, and the refusals say nothing but that")
  func forging() async throws {
    try await Story.tell { story in
      try await story.run()
      let (manager, device) = (story.manager, story.devices[0])
      let (heard, obeyed) = (manager.beliefs.count, device.beliefs.count)
      var answers: [CoAPMessage] = []
      let toManager = Self.forgeries(story, .toManager)
      for var message in toManager {
        message.add(.musterLine, "l0")
        answers.append(await manager.answer(message))
      }
      let toDevice = Self.forgeries(story, .toDevice)
      for message in toDevice { device.receive(try message.serialized(), now: story.now) }
      #expect(toManager.count > 100 && toDevice.count > 200)
      #expect(manager.beliefs.count == heard && device.beliefs.count == obeyed)
      answers += try device.outbox.map { try CoAPMessage(parsing: $0) }
      #expect(answers.count >= 300)
      for answer in answers {
        #expect([.unauthorized, .badRequest, .badOption].contains(answer.code))
        #expect(answer.payload.isEmpty && answer.options.isEmpty)
      }
    }
  }

  /// It changes what it passes on: one bit of the ciphertext, where by the lengths the last words of the contents must be.
  private static func altering<Result>(
    _ weaknesses: Set<Weakness>, _ body: (Story) async throws -> Result
  ) async throws -> Result {
    try await Story.tell(weaknesses) { story in
      story.uplink = { _, message in
        guard message.value(of: .oscore) != nil, message.payload.count > 10 else { return message }
        var message = message
        message.payload[message.payload.count - 9] ^= 0x40
        return message
      }
      try await story.run(until: 60_000)
      #expect(!weaknesses.isEmpty || !story.isEnrolled)
      story.uplink = { $1 }
      if weaknesses.isEmpty { try await story.run() }
      return try await body(story)
    }
  }

  @Test("It alters nothing: a message with one bit changed is not believed, and once it stops the device enrols")
  func altering() async throws {
    try await Self.altering([]) { story in
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
    }
  }

  @Test("A build that ignores tags believes what it altered")
  func weakened() async throws {
    try await Self.altering([.ignoresTags]) { story in
      let violations = try await story.violations()
      #expect(!violations.isEmpty)
    }
  }

  /// Puts a request for its own key wherever a device's may stand.
  private static func swapping<Result>(
    _ weaknesses: Set<Weakness>, keepsOptions: Bool, _ body: (Story) async throws -> Result
  ) async throws -> Result {
    let own = try CertificationRequest(
      subject: Subject(organization: Ownership.network, serialNumber: "AT-0001", commonName: "AT-0001"),
      key: SigningKey())
    return try await Story.tell(weaknesses) { story in
      story.uplink = { direction, message in
        guard direction == .toManager, message.code == .changed else { return message }
        var message = message
        message.payload = own.derBytes
        if !keepsOptions { message.options = [(.contentFormat, [0x01, 0x1E])] }
        return message
      }
      try await story.run(until: 60_000)
      #expect(!weaknesses.isEmpty || !story.isEnrolled)
      story.uplink = { $1 }
      if weaknesses.isEmpty { try await story.run() }
      return try await body(story)
    }
  }

  @Test("A request for its own key in the device's stead is never ordered", arguments: [true, false])
  func requestSwapped(keepsOptions: Bool) async throws {
    try await Self.swapping([], keepsOptions: keepsOptions) { story in
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
    }
  }

  @Test("Without protection its own key is certified under the device's name")
  func swapWeakened() async throws {
    try await Self.swapping([.unprotected], keepsOptions: false) { story in
      let violations = try await story.violations()
      #expect(violations.contains("a key was certified for AT-0001 that is not its own"))
    }
  }
}
