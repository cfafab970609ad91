import PKI
import Testing

@Suite("Two devices' messages crossed")
struct CrossedDevicesTests {
  private static func stage(_ weaknesses: Set<Weakness> = []) throws -> (ModelManager, [ModelDevice]) {
    let authority = try Authority()
    let manager = try ModelManager(Party(), authority: authority, weaknesses: weaknesses)
    let devices = try ["AT-0001", "AT-0002"].map {
      try ModelDevice($0, manager: manager.party, authority: authority, weaknesses: weaknesses)
    }
    for device in devices { manager.know(device) }
    return (manager, devices)
  }

  @Test("Under each other's line each enrols as itself: the session is the identity, the line a hint")
  func relabelled() throws {
    let (manager, devices) = try Self.stage()
    var wire = HostileWire()
    wire.crossingToManager = [0: 1, 1: 0]
    wire.crossingToDevice = [0: 1, 1: 0]
    var story = Story(manager, devices, wire: wire)
    try story.run()
    #expect(story.isEnrolled && story.violations.isEmpty)
  }

  @Test("Each gets what is for the other: neither obeys, no order is mixed up, and once uncrossed both enrol")
  func misdelivered() throws {
    let (manager, devices) = try Self.stage()
    var wire = HostileWire()
    wire.crossingToDevice = [0: 1, 1: 0]
    var story = Story(manager, devices, wire: wire)
    try story.run(until: 120_000)
    #expect(!story.isEnrolled && story.violations.isEmpty)
    for device in devices { #expect(device.obeyed.isEmpty) }
    story.wire.crossingToDevice = [:]
    try story.run()
    #expect(story.isEnrolled && story.violations.isEmpty)
  }

  @Test("Crossed in the middle of an enrolment, both ways and one way: nothing is mixed up", arguments: 0..<12)
  func midway(frames: Int) throws {
    for isOneWay in [false, true] {
      let (manager, devices) = try Self.stage()
      var story = Story(manager, devices)
      try story.run(until: UInt64(frames) * 5)
      story.wire.crossingToDevice = [0: 1, 1: 0]
      if !isOneWay { story.wire.crossingToManager = [0: 1, 1: 0] }
      try story.run(until: 60_000)
      story.wire.crossingToDevice = [:]
      story.wire.crossingToManager = [:]
      try story.run()
      #expect(story.isEnrolled && story.violations.isEmpty, "after \(frames * 5) ms, one way: \(isOneWay)")
    }
  }

  @Test("A device under another's name is refused, though its own session is good")
  func anothersName() throws {
    let (manager, devices) = try Self.stage()
    let pretender = try ModelDevice(
      "AT-0001", manager: manager.party, authority: manager.authority, bootstrap: devices[1].bootstrap)
    var story = Story(manager, [pretender])
    try story.run(until: 120_000)
    #expect(manager.issued.isEmpty && pretender.obeyed.isEmpty)
    #expect(manager.heard.contains { $0.path == "register" })
  }

  @Test("Without protection, or with a manager that takes any key, they are mixed up")
  func weakened() throws {
    let (manager, devices) = try Self.stage([.unprotected])
    var wire = HostileWire()
    wire.crossingToDevice = [0: 1, 1: 0]
    var story = Story(manager, devices, wire: wire)
    try story.run(until: 120_000)
    #expect(!story.violations.isEmpty)

    let (lax, others) = try Self.stage([.takesAnyDevice])
    let pretender = try ModelDevice(
      "AT-0001", manager: lax.party, authority: lax.authority, bootstrap: others[1].bootstrap)
    var second = Story(lax, [pretender])
    try second.run(until: 120_000)
    #expect(lax.issued.contains { $0.id == "AT-0001" })
  }
}
