import OSCORE
import Testing

/// A manager with a CA and a trust root of its own, behind an honest gateway.
@Suite("A rogue manager")
struct RogueManagerTests {
  enum Guise: CaseIterable, Sendable {
    /// Its own name, which no descriptor of the device has.
    case itself
    /// Its own key, handed over whole.
    case itsKey
    /// The name and credential of the device's manager, without that key.
    case theManager
  }

  private static func story(_ guise: Guise, _ weaknesses: Set<Weakness> = []) throws -> Story {
    let genuine = try Party()
    let rogue = try ModelManager(Party(), authority: Authority(name: "Rogue"), weaknesses: [.takesAnyDevice])
    switch guise {
    case .itself: break
    case .itsKey: rogue.transfer = .value
    case .theManager: rogue.credential = genuine.credential
    }
    let device = try ModelDevice("AT-0001", manager: genuine, authority: Authority(), weaknesses: weaknesses)
    var story = Story(rogue, [device])
    try story.run(until: 300_000)
    return story
  }

  @Test(
    "The device refuses it in every guise, tells it nothing of itself, and makes no session", arguments: Guise.allCases)
  func refused(guise: Guise) throws {
    let story = try Self.story(guise)
    #expect(story.devices[0].sessions == 0)
    #expect(story.devices[0].obeyed.isEmpty && story.devices[0].certificate == nil)
    #expect(story.manager.confirmed.isEmpty && story.manager.heard.isEmpty)
    // All it ever sent is message 1, at the pace of its back-off.
    let sent = story.wire.capture.filter { $0.direction == .toManager }
    #expect((3...12).contains(sent.count), "\(sent.count) messages in 300 s")
  }

  @Test("A device that takes a manager's key from the message obeys it")
  func weakened() throws {
    let story = try Self.story(.itsKey, [.takesAnyManager])
    #expect(story.devices[0].sessions > 0 && !story.devices[0].obeyed.isEmpty)
  }
}
