import OSCORE
import Testing

/// A manager with a CA and a trust root of its own, behind an honest gateway.
@Suite("A rogue manager")
struct RogueManagerTests {
  enum Dress: CaseIterable, Sendable {
    /// Its own name, which no descriptor of the device has.
    case itself
    /// Its own key, handed over whole.
    case itsKey
    /// The name of the device's manager, without that key.
    case theManager
  }

  /// - Parameter isPinned: whether the device has an owner already; without one it is whoever's comes first.
  private static func story<Result>(
    _ dress: Dress, isPinned: Bool = true, _ body: (Story) async throws -> Result
  ) async throws -> Result {
    let genuine = try AttackedManager(authority: Authority())
    let guise: Guise? =
      switch dress {
      case .itself: nil
      case .itsKey: Guise(transfer: .value)
      case .theManager: Guise(credential: genuine.credential)
      }
    let authority = try Authority(name: "Rogue")
    let rogue = try AttackedManager(authority: authority, guise: guise)
    let own = try Ownership(manager: rogue.publicKey, authority: authority)
    let owner = try Ownership(manager: genuine.publicKey, authority: Authority())
    await genuine.end()
    let device = try AttackedDevice("AT-0001")
    if isPinned { try device.provision(root: owner.root, descriptor: owner.descriptor) }
    // It takes any device, and offers itself as the owner wherever none is known.
    try await rogue.know(device)
    try? device.provision(root: own.root, descriptor: own.descriptor)
    return try await Story.tell(Story(rogue, [device], own)) { story in
      try await story.run(until: 300_000)
      return try await body(story)
    }
  }

  @Test(
    "The device refuses it in every guise, tells it nothing of itself, and makes no session", arguments: Dress.allCases)
  func refused(dress: Dress) async throws {
    try await Self.story(dress) { story in
      let device = story.devices[0]
      #expect(!device.hasSession && !device.isCertified && device.beliefs.isEmpty)
      #expect(story.manager.beliefs.isEmpty)
      // All it ever sent is message 1, at the pace of its back-off, and refusals.
      #expect(device.said.allSatisfy { $0.path == [".well-known", "edhoc"] && $0.payload.count < 48 })
      #expect((3...12).contains(device.said.count), "\(device.said.count) messages in 300 s")
    }
  }

  @Test("A device without a pin is its prey: it enrols with the rogue's own CA", arguments: [Dress.itself, .itsKey])
  func weakened(dress: Dress) async throws {
    try await Self.story(dress, isPinned: false) { story in
      #expect(story.isEnrolled)
    }
  }
}
