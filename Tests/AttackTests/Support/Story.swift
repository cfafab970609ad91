import PKI
import Testing
import X509

/// Devices, a manager, and the attacker between them, on a virtual clock.
struct Story {
  let manager: ModelManager
  /// By line.
  let devices: [ModelDevice]
  var wire: HostileWire
  private(set) var now: UInt64

  init(_ manager: ModelManager, _ devices: [ModelDevice], wire: HostileWire = HostileWire(), now: UInt64 = 0) {
    self.manager = manager
    self.devices = devices
    self.wire = wire
    self.now = now
    for device in devices { device.nextTry = now }
  }

  /// An undisturbed enrolment of one device that the manager knows, all of it captured.
  static func enrolled(_ weaknesses: Set<Weakness> = []) throws -> Story {
    let authority = try Authority()
    let manager = try ModelManager(Party(), authority: authority, weaknesses: weaknesses)
    let device = try ModelDevice("AT-0001", manager: manager.party, authority: authority, weaknesses: weaknesses)
    manager.know(device)
    var story = Story(manager, [device])
    try story.run()
    #expect(story.isEnrolled && story.violations.isEmpty)
    return story
  }

  /// Runs until everybody is enrolled, or the time is over, or nobody has anything left to do.
  mutating func run(until end: UInt64 = 900_000) throws {
    while now < end, !isEnrolled || wire.deadline != nil {
      try step()
      guard let next = deadline else { return }
      now = max(now + 1, next)
    }
  }

  private var deadline: UInt64? {
    (devices.map(\.deadline) + [manager.deadline, wire.deadline]).compactMap { $0 }.min()
  }

  private mutating func step() throws {
    for passage in wire.take(now: now) {
      switch passage.direction {
      case .toManager:
        try manager.receive(
          passage.frame, line: wire.crossingToManager[passage.line] ?? passage.line, now: now)
      case .toDevice:
        try devices[wire.crossingToDevice[passage.line] ?? passage.line].receive(passage.frame, now: now)
      }
    }
    for (line, device) in devices.enumerated() {
      try device.advance(now: now)
      for frame in device.outbox { wire.send(.toManager, line: line, frame, now: now) }
      device.outbox = []
    }
    try manager.advance(now: now)
    for (line, frame) in manager.outbox { wire.send(.toDevice, line: line, frame, now: now) }
    manager.outbox = []
  }

  /// Whether every device holds a certificate and the manager has its report.
  var isEnrolled: Bool {
    devices.allSatisfy { $0.certificate != nil && $0.isReported && manager.enrolled.contains($0.serialNumber) }
  }

  /// What must never be, whatever the attacker does; empty when he achieved nothing.
  var violations: [String] {
    var found: [String] = []
    for device in devices {
      if Set(device.obeyed.map(\.command)).count < device.obeyed.count { found.append("a command was obeyed twice") }
      for (command, _) in device.obeyed {
        switch manager.commands[command]?.id {
        case device.serialNumber: break
        case nil: found.append("a command was obeyed that nobody gave")
        case let other?: found.append("\(device.serialNumber) obeyed a command for \(other)")
        }
      }
      let own = Certificate.PublicKey(device.identity.publicKey)
      for (id, certificate) in manager.issued where id == device.serialNumber && certificate.publicKey != own {
        found.append("a key was certified for \(id) that is not its own")
      }
      if let held = device.certificate, !manager.issued.contains(where: { $0.certificate == held }) {
        found.append("a certificate is held that the manager never ordered")
      }
    }
    if Set(manager.heard).count < manager.heard.count { found.append("a message was heard twice") }
    for heard in manager.heard where !isGenuine(heard) { found.append("\(heard) was heard and never said") }
    return found
  }

  /// Whether a command was obeyed more than 30 seconds after it was given.
  var obeyedLate: Bool {
    devices.contains { device in
      device.obeyed.contains { command, at in
        manager.commands[command].map { at > $0.at + 30_000 } ?? false
      }
    }
  }

  /// Whether a device of this story said just that.
  private func isGenuine(_ heard: ModelManager.Heard) -> Bool {
    devices.contains { $0.said.contains(heard.payload) }
  }
}
