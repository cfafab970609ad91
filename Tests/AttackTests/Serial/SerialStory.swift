import ManagerBench
import TestKit

/// One device, the attacker on its line between two terminals, the gateway's own code at the other end, and the manager.
///
/// A seed fixes what he decides about the frames that he sees. When they come is up to the machine, so a failure may take a
/// few runs of its seed to come again.
enum SerialStory {
  struct Outcome: Sendable {
    let violations: [String]
    let isEnrolled: Bool
    /// How long it took, in milliseconds of the story.
    let milliseconds: UInt64
  }

  /// How long the attacker goes on, in milliseconds of the story; and how long whoever is not enrolled by then may take.
  static let attack: UInt64 = 12_000
  static let patience: UInt64 = 240_000

  /// - Parameter patience: what is left for enrolment once the attack is over, in milliseconds of the story.
  static func tell(
    _ mischief: Mischief, seed: UInt64, _ weaknesses: Set<Weakness> = [], patience: UInt64 = patience
  ) async throws -> Outcome {
    let authority = try Authority()
    let manager = try AttackedManager(authority: authority, weaknesses: weaknesses)
    let owner = try Ownership(manager: manager.publicKey, authority: authority)
    let device = try AttackedDevice("AT-0001", weaknesses: weaknesses)
    try device.provision(root: owner.root, descriptor: owner.descriptor)
    try await manager.know(device)
    let time = StoryTime()
    let (near, far) = (try PseudoTerminal(), try PseudoTerminal())
    defer { for terminal in [near, far] { terminal.close() } }
    let station = try LineStation(manager: manager, time: time)
    let serial = try SerialDevice(device, at: near.path, bootEpoch: UInt32(truncatingIfNeeded: seed), now: time.now)
    await station.start(far.path)
    var attacker = ByteAttacker(seed: seed, mischief: mischief, until: attack)
    var isEnrolled = false
    while time.now < attack + patience, time.now < attack || !isEnrolled {
      let now = time.now
      manager.clock.advance(to: now)
      try serial.advance(now: now)
      attacker.take(Descriptor.read(near.descriptor), .toManager, now: now)
      attacker.take(Descriptor.read(far.descriptor), .toDevice, now: now)
      Descriptor.write(far.descriptor, attacker.release(.toManager, now: now))
      Descriptor.write(near.descriptor, attacker.release(.toDevice, now: now))
      await station.advance(manager.lines.take())
      isEnrolled = device.isCertified && manager.isActive(device)
      // Terminals and event loops know no virtual clock: this is how often they are looked at.
      try await Task.sleep(for: .milliseconds(1))
    }
    let verdict = Verdict(manager: manager, devices: [device], said: await station.said)
    let outcome = Outcome(violations: try await verdict.violations(), isEnrolled: isEnrolled, milliseconds: time.now)
    await station.stop()
    await manager.end()
    return outcome
  }
}
