import CoAP
import CoAPStream
import PKI
import TestKit
import Testing
import X509

/// A gateway with a stolen certificate: everything passes through it, and it may say whatever it likes to either side.
@Suite("A rogue gateway")
struct RogueGatewayTests {
  /// What it can make without keys: its own messages, and what was seen with another number, another kid or other contents.
  private static func forgeries(_ story: Story, _ direction: HostileWire.Direction) -> [[UInt8]] {
    var random = SplitMix(seed: 7)
    var all = (0..<5).map { Forgery.request($0, number: "forged") }
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
        if let bytes = try? forged.serialized() { all.append(bytes) }
      }
    }
    return all
  }

  @Test("It forges nothing: neither side believes a word, and the refusals say nothing but that")
  func forging() throws {
    let story = try Story.enrolled()
    let (heard, obeyed) = (story.manager.heard.count, story.devices[0].obeyed.count)
    let (toManager, toDevice) = (Self.forgeries(story, .toManager), Self.forgeries(story, .toDevice))
    #expect(toManager.count > 100 && toDevice.count > 200)
    for frame in toManager { try story.manager.receive(frame, line: 0, now: story.now) }
    for frame in toDevice { try story.devices[0].receive(frame, now: story.now) }
    #expect(story.manager.heard.count == heard && story.devices[0].obeyed.count == obeyed)
    let answers = story.manager.outbox.map(\.frame) + story.devices[0].outbox
    #expect(answers.count >= 300)
    for answer in answers {
      let message = try CoAPMessage(parsing: answer)
      #expect([.unauthorized, .badRequest, .badOption].contains(message.code))
      #expect(message.payload.isEmpty && message.options.isEmpty)
    }
  }

  /// It changes what it passes on: one bit of the ciphertext, where by the lengths the last words of the contents must be.
  private static func altered(_ weaknesses: Set<Weakness>) throws -> Story {
    let authority = try Authority()
    let manager = try ModelManager(Party(), authority: authority, weaknesses: weaknesses)
    let device = try ModelDevice("AT-0001", manager: manager.party, authority: authority, weaknesses: weaknesses)
    manager.know(device)
    var wire = HostileWire()
    wire.tamper = { passage in
      guard passage.at < 60_000, var message = try? CoAPMessage(parsing: passage.frame),
        message.value(of: .oscore) != nil, message.payload.count > 10
      else { return passage.frame }
      message.payload[message.payload.count - 9] ^= 0x40
      return try? message.serialized()
    }
    var story = Story(manager, [device], wire: wire)
    try story.run(until: 60_000)
    #expect(!weaknesses.isEmpty || !story.isEnrolled)
    story.wire.tamper = nil
    try story.run()
    return story
  }

  @Test("It alters nothing: a message with one bit changed is not believed, and once it stops the device enrols")
  func altering() throws {
    let story = try Self.altered([])
    #expect(story.violations.isEmpty && story.isEnrolled)
  }

  @Test("A build that ignores tags believes what it altered")
  func weakened() throws {
    let story = try Self.altered([.ignoresTags])
    #expect(!story.violations.isEmpty)
  }

  /// Puts a request for its own key wherever a device's may stand.
  private static func swap(_ weaknesses: Set<Weakness>, keepsOptions: Bool) throws -> Story {
    let authority = try Authority()
    let manager = try ModelManager(Party(), authority: authority, weaknesses: weaknesses)
    let device = try ModelDevice("AT-0001", manager: manager.party, authority: authority, weaknesses: weaknesses)
    manager.know(device)
    let own = try CertificationRequest(
      subject: Subject(organization: "attacked", serialNumber: "AT-0001", commonName: "AT-0001"), key: SigningKey())
    var wire = HostileWire()
    wire.tamper = { passage in
      guard passage.direction == .toManager, passage.at < 60_000,
        var message = try? CoAPMessage(parsing: passage.frame), message.code == .changed
      else { return passage.frame }
      message.payload = own.derBytes
      if !keepsOptions { message.options = [] }
      return try? message.serialized()
    }
    var story = Story(manager, [device], wire: wire)
    try story.run(until: 60_000)
    #expect(keepsOptions || !weaknesses.isEmpty || !story.isEnrolled)
    story.wire.tamper = nil
    try story.run()
    return story
  }

  @Test("A request for its own key in the device's stead is never ordered", arguments: [true, false])
  func requestSwapped(keepsOptions: Bool) throws {
    let story = try Self.swap([], keepsOptions: keepsOptions)
    #expect(story.violations.isEmpty && story.isEnrolled)
  }

  @Test("Without protection its own key is certified under the device's name")
  func swapWeakened() throws {
    let story = try Self.swap([.unprotected], keepsOptions: false)
    #expect(story.violations.contains("a key was certified for AT-0001 that is not its own"))
  }
}
