import COSE
import CoAPStream
import Foundation
import ManagerBench
import PKI
import Synchronization
import Testing
import Trust

@testable import Manager

@Suite("Bringing devices the trust descriptor, and resetting them")
struct TrustKeeperTests: SessionSuite {
  let bench: SessionBench
  let gateway: LoopGateway

  init() throws {
    bench = try SessionBench()
    gateway = LoopGateway(bench.device)
  }

  private var transport: SessionTransport { SessionTransport(lines: gateway, sessions: desk.sessions) }

  private func keeper(epoch: UInt32, over gateway: LoopGateway? = nil) throws -> TrustKeeper {
    let transport = gateway.map { SessionTransport(lines: $0, sessions: desk.sessions) } ?? self.transport
    let file = try TrustDescriptorFile(
      bytes: try Self.descriptor(epoch: epoch, keys: [rig.managerKeys.current]), name: "test", network: "plant",
      keys: rig.managerKeys)
    return TrustKeeper(
      descriptor: file, ledger: ledger, sessions: desk.sessions, transport: transport, logger: .silent)
  }

  /// A descriptor by a root of its own.
  static func descriptor(network: String = "plant", epoch: UInt32, keys: [AgreementKey]) throws -> [UInt8] {
    var crypto = HostCryptography()
    let root = KeyID(rawValue: 1)
    try crypto.add(SigningKey(), as: root)
    let name = try Subject(commonName: "TEST CA").derBytes
    let anchorKey = Array(SigningKey().publicKey.rawRepresentation)
    let managers = keys.flatMap(\.coordinates)
    let networkBytes = Array(network.utf8)
    let none: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: TrustLimits.descriptorBytes)
    var span = bytes.mutableSpan
    let content = TrustContent(
      network: networkBytes.span, epoch: epoch, managerKeys: managers.span, signers: none.span,
      anchor: TrustContent.Anchor(name: name.span, publicKey: anchorKey.span), nextAnchor: nil)
    let count = try content.sign(into: &span, root: root, with: &crypto)
    return Array(bytes.prefix(count))
  }

  private func approved() async throws {
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    _ = try await desk.begin(device)
  }

  private func actions() async throws -> [String] {
    try await store.audit(after: nil, limit: 100).items.map(\.action).filter { $0.hasPrefix("trust") }
  }

  @Test("A device with an earlier descriptor gets the manager's, once, protected and with an audit row")
  func delivered() async throws {
    try await approved()
    let keeper = try keeper(epoch: 2)
    await keeper.offer(to: device.key.thumbprint)
    #expect(device.inner.descriptors == [try #require(keeper.descriptor).bytes])
    #expect(try await actions() == ["trust-delivered"])
    await keeper.offer(to: device.key.thumbprint)
    #expect(device.inner.descriptors.count == 1)
  }

  @Test("A device's refusal is in the audit trail with its reason")
  func refused() async throws {
    try await approved()
    device.inner.refuse(31, "otherRoot")
    await (try keeper(epoch: 7)).offer(to: device.key.thumbprint)
    let row = try await store.audit(after: nil, limit: 100).items.last
    #expect(row?.action == "trust-refused")
    #expect(row?.detail == ["epoch": "7", "refusal": "otherRoot"])
  }

  @Test("A device with the same or a later one, and one that nobody approved, is not offered anything")
  func notOffered() async throws {
    let keeper = try keeper(epoch: 1)
    _ = try await desk.begin(device)
    await (try self.keeper(epoch: 9)).offer(to: device.key.thumbprint)
    try await ledger.commit(.stepDevice(device.inner.id, .approve), by: .administrator("admin"))
    await keeper.offer(to: device.key.thumbprint)
    #expect(device.inner.descriptors.isEmpty)
  }

  /// A desk that tells what it would tell the keeper.
  private func telling(_ told: Told) -> FrontDesk {
    var desk = desk
    desk.onCall = { told.append($0) }
    return desk
  }

  @Test(
    "Every call that succeeds is told to the keeper until it is settled what the device has; a new session begins anew")
  func told() async throws {
    let told = Told()
    let desk = telling(told)
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    _ = try await desk.begin(device)
    _ = try await desk.ask(device, .request(.get, "nothing"))
    #expect(told.all == [device.key.thumbprint])
    _ = try await desk.ask(device, try device.inner.registration())
    #expect(told.all.count == 2)
    await (try keeper(epoch: 1)).offer(to: device.key.thumbprint)
    _ = try await desk.ask(device, try device.inner.registration())
    #expect(told.all.count == 2)
    _ = try await desk.begin(device)
    #expect(told.all.count == 3)
  }

  @Test("What gets lost on the way is tried again with its next call, until it is settled")
  func lost() async throws {
    try await approved()
    let told = Told()
    let desk = telling(told)
    // The first question, and the first offer.
    let losses = Mutex<[Int]>([1, 3])
    let seen = Mutex(0)
    let gateway = LoopGateway(bench.device) { _ in
      let number = seen.withLock { seen in
        seen += 1
        return seen
      }
      return losses.withLock { $0.contains(number) } ? .response(.gatewayTimeout) : nil
    }
    let keeper = try keeper(epoch: 2, over: gateway)
    for round in 1...3 {
      _ = try await desk.ask(device, try device.inner.registration())
      #expect(told.all.count == round)
      await keeper.offer(to: device.key.thumbprint)
    }
    #expect(device.inner.descriptors.count == 1)
    #expect(try await actions() == ["trust-delivered"])
    _ = try await desk.ask(device, try device.inner.registration())
    #expect(told.all.count == 3)
  }

  /// A gateway that loses some of a device's answers.
  private struct LosingGateway: LineTransport {
    let gateway: LoopGateway
    let lost: Set<Int>
    let count = Counter()

    final class Counter: Sendable { let value = Mutex(0) }

    func request(
      _ message: CoAPMessage, over route: Route, timeout: Duration
    ) async throws(ManagerError) -> CoAPMessage {
      let answer = try await gateway.request(message, over: route, timeout: timeout)
      let number = count.value.withLock { count in
        count += 1
        return count
      }
      guard !lost.contains(number) else { throw ManagerError(.unreachable, "lost") }
      return answer
    }
  }

  @Test("A descriptor that was taken is in the audit trail, also when the answer that said so was lost")
  func lostAnswer() async throws {
    try await approved()
    // The answer to the offer.
    let lines = LosingGateway(gateway: gateway, lost: [2])
    let file = try #require(try keeper(epoch: 2).descriptor)
    let keeper = TrustKeeper(
      descriptor: file, ledger: ledger, sessions: desk.sessions,
      transport: SessionTransport(lines: lines, sessions: desk.sessions), logger: .silent)
    await keeper.offer(to: device.key.thumbprint)
    #expect(device.inner.descriptors.count == 1)
    #expect(try await actions().isEmpty)
    for _ in 0..<2 { await keeper.offer(to: device.key.thumbprint) }
    #expect(device.inner.descriptors.count == 1)
    #expect(try await actions() == ["trust-delivered"])
  }

  @Test("A stranger is not asked; once approved, its next call is enough, in the session that it had")
  func approvedLater() async throws {
    let told = Told()
    let desk = telling(told)
    _ = try await desk.begin(device)
    let keeper = try keeper(epoch: 2)
    await keeper.offer(to: device.key.thumbprint)
    #expect(gateway.seen.withLock { $0.isEmpty })
    try await ledger.commit(.stepDevice(device.inner.id, .approve), by: .administrator("admin"))
    _ = try await desk.ask(device, try device.inner.registration())
    #expect(told.all.count == 2)
    await keeper.offer(to: device.key.thumbprint)
    #expect(device.inner.descriptors.count == 1)
  }

  @Test("However often a device calls meanwhile, it waits once")
  func once() async throws {
    try await approved()
    let keeper = try keeper(epoch: 2)
    for _ in 0..<1000 { keeper.deviceCalled(device.key.thumbprint) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await keeper.run() }
      defer { group.cancelAll() }
      try await eventually("the descriptor is there") { try await actions() == ["trust-delivered"] }
    }
    // The question and the offer, each with its answer.
    #expect(gateway.seen.withLock { $0.count } == 4)
  }

  @Test(
    "A descriptor of another network, without this manager's key, or no descriptor at all ends the manager at its start"
  )
  func badFile() throws {
    let good = try Self.descriptor(epoch: 1, keys: [AgreementKey(), rig.managerKeys.current])
    #expect(try TrustDescriptorFile(bytes: good, name: "x", network: "plant", keys: rig.managerKeys).epoch == 1)
    for (bytes, network) in [
      (good, "other"), (try Self.descriptor(epoch: 1, keys: [AgreementKey()]), "plant"),
      (Array(good.dropLast()), "plant"),
      ([], "plant"),
    ] {
      #expect(throws: ManagerError(.configuration, "")) {
        try TrustDescriptorFile(bytes: bytes, name: "x", network: network, keys: rig.managerKeys)
      }
    }
    #expect(throws: ManagerError(.unreadableFile, "")) {
      try TrustDescriptorFile(path: "/nowhere", network: "plant", keys: rig.managerKeys)
    }
  }

  @Test("A reset goes over the session and is refused or unreachable as the device or the way has it")
  func reset() async throws {
    try await approved()
    let row = try #require(try await store.device(device.inner.id))
    try await DeviceCaller(transport: transport, policy: rig.policy).reset(row)
    #expect(device.inner.resets == 1)
    let silent = SessionTransport(lines: LoopGateway(device) { _ in .response(.changed) }, sessions: desk.sessions)
    await #expect(throws: ManagerError(.unreachable, "")) {
      try await DeviceCaller(transport: silent, policy: rig.policy).reset(row)
    }
  }
}

/// What was told, in order.
private final class Told: Sendable {
  private let keys = Mutex<[Thumbprint]>([])
  func append(_ key: Thumbprint) { keys.withLock { $0.append(key) } }
  var all: [Thumbprint] { keys.withLock { $0 } }
}
