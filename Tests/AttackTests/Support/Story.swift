import CoAP
import CoAPStream
import ManagerBench
import Testing

/// Devices, a gateway, a manager, and the attacker between them, on a virtual clock.
///
/// He has the lines (``wire``), and in a story of a rogue gateway what passes between gateway and manager as well (``uplink``).
struct Story {
  let manager: AttackedManager
  /// By line.
  let devices: [AttackedDevice]
  /// Whose devices they are.
  let owner: Ownership
  var wire: HostileWire
  /// What the gateway makes of a message between it and the manager; nil swallows it.
  var uplink: (HostileWire.Direction, CoAPMessage) -> CoAPMessage? = { $1 }
  private(set) var now: UInt64 = 0
  /// What the manager asked, before anybody changed it, and when.
  private(set) var said: [Words: UInt64] = [:]
  /// How often a device took for its own what was said to another.
  private(set) var misbeliefs = 0
  private var gateway: HonestGateway
  /// The manager's calls that are with the gateway, by exchange.
  private var calls: [UInt64: Int] = [:]

  /// Tells a story of devices that the manager knows and that believe it, and leaves nothing of it behind.
  ///
  /// - Parameter line: what the attacker does with the lines.
  static func tell<Result>(
    of names: [String] = ["AT-0001"], _ weaknesses: Set<Weakness> = [], guise: Guise? = nil,
    line: HostileWire = HostileWire(),
    _ body: (inout Story) async throws -> Result
  ) async throws -> Result {
    let authority = try Authority()
    let manager = try AttackedManager(authority: authority, weaknesses: weaknesses, guise: guise)
    let owner = try Ownership(manager: manager.publicKey, authority: authority)
    let devices = try names.map { try AttackedDevice($0, weaknesses: weaknesses) }
    for device in devices {
      try device.provision(root: owner.root, descriptor: owner.descriptor)
      try await manager.know(device)
    }
    return try await tell(Story(manager, devices, owner, wire: line), body)
  }

  /// Tells this one.
  static func tell<Result>(
    _ story: consuming Story, _ body: (inout Story) async throws -> Result
  ) async throws -> Result {
    var story = story
    let manager = story.manager
    do {
      let result = try await body(&story)
      await manager.end()
      return result
    } catch {
      await manager.end()
      throw error
    }
  }

  init(_ manager: AttackedManager, _ devices: [AttackedDevice], _ owner: Ownership, wire: HostileWire = HostileWire())
    throws
  {
    self.manager = manager
    self.owner = owner
    self.devices = devices
    self.wire = wire
    gateway = try HonestGateway(lines: devices.count)
    for line in devices.indices {
      _ = gateway.connect(line, now: 0)
      devices[line].connect(now: 0)
    }
  }

  /// Runs until everybody is enrolled, or the time is over, or nobody has anything left to do.
  mutating func run(until end: UInt64 = 900_000) async throws {
    while now < end, !isEnrolled || wire.deadline != nil {
      try await step()
      guard let next = deadline else { return }
      now = max(now + 1, min(next, end))
    }
  }

  private var deadline: UInt64? {
    (devices.map(\.deadline) + [manager.clock.deadline, gateway.deadline, wire.deadline]).compactMap { $0 }.min()
  }

  /// Everything that happens at this moment.
  private mutating func step() async throws {
    manager.clock.advance(to: now)
    for passage in wire.take(now: now) {
      switch passage.direction {
      case .toManager:
        let line = wire.crossingToManager[passage.line] ?? passage.line
        await perform(gateway.receive(passage.frame, from: line, now: now))
      case .toDevice: deliver(passage)
      }
    }
    await perform(gateway.advance(now: now))
    try await manager.settle()
    // An answer that comes at once may bring on the next question.
    while manager.lines.hasFresh {
      for call in manager.lines.take() { await place(call) }
      try await manager.settle()
    }
    for (line, device) in devices.enumerated() {
      device.advance(now: now)
      for frame in device.outbox { wire.send(.toManager, line: line, frame, now: now) }
      device.outbox = []
    }
  }

  private mutating func deliver(_ passage: HostileWire.Passage) {
    let place = wire.crossingToDevice[passage.line] ?? passage.line
    let before = devices[place].beliefs.count
    devices[place].receive(passage.frame, now: now)
    // Under which line its own messages reach the manager.
    let home = wire.crossingToManager[place] ?? place
    if home != passage.line, devices[place].beliefs.count > before { misbeliefs += 1 }
  }

  private mutating func place(_ call: Uplink.Call) async {
    said[Words(call.message)] = now
    guard let request = uplink(.toDevice, call.message) else {
      return manager.lines.complete(call.number, .response(.gatewayTimeout))
    }
    let (id, actions) = gateway.managerRequested(request, now: now)
    calls[id] = call.number
    await perform(actions)
  }

  private mutating func perform(_ actions: [HonestGateway.Action]) async {
    for action in actions {
      switch action {
      case .send(let line, let frame):
        wire.send(.toDevice, line: line, frame, now: now)
        await perform(gateway.delivered(line, now: now))
      case .ask(let id, let message):
        var answer = CoAPMessage.response(.gatewayTimeout)
        if let request = uplink(.toManager, message) {
          answer = uplink(.toDevice, await manager.answer(request)) ?? answer
        }
        await perform(gateway.managerAnswered(id, answer, now: now))
      case .answer(let id, let message):
        guard let number = calls.removeValue(forKey: id) else { continue }
        manager.lines.complete(number, uplink(.toManager, message) ?? .response(.gatewayTimeout))
      }
    }
  }

  /// Whether every device holds a certificate and the manager has its report.
  var isEnrolled: Bool { devices.allSatisfy { $0.isCertified && manager.isActive($0) } }
}
