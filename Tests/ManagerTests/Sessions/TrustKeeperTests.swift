import COSE
import CoAPStream
import Foundation
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

  private func keeper(epoch: UInt32) throws -> TrustKeeper {
    let file = try TrustDescriptorFile(
      bytes: try Self.descriptor(epoch: epoch, keys: [rig.managerKeys.current]), name: "test", network: "plant",
      keys: rig.managerKeys)
    return TrustKeeper(descriptor: file, ledger: ledger, transport: transport, logger: .silent)
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
    await keeper.offer(to: device.key)
    #expect(device.inner.descriptors == [try #require(keeper.descriptor).bytes])
    #expect(try await actions() == ["trust-delivered"])
    await keeper.offer(to: device.key)
    #expect(device.inner.descriptors.count == 1)
  }

  @Test("A device's refusal is in the audit trail with its reason")
  func refused() async throws {
    try await approved()
    device.inner.refuse(31, "otherRoot")
    await (try keeper(epoch: 7)).offer(to: device.key)
    let row = try await store.audit(after: nil, limit: 100).items.last
    #expect(row?.action == "trust-refused")
    #expect(row?.detail == ["epoch": "7", "refusal": "otherRoot"])
  }

  @Test("A device with the same or a later one, and one that nobody approved, is not offered anything")
  func notOffered() async throws {
    let keeper = try keeper(epoch: 1)
    _ = try await desk.begin(device)
    await (try self.keeper(epoch: 9)).offer(to: device.key)
    try await ledger.commit(.moveDevice(device.inner.id, from: .pending, to: .approved), by: .administrator("admin"))
    await keeper.offer(to: device.key)
    #expect(device.inner.descriptors.isEmpty)
  }

  @Test("Every new session is told to the keeper, and no other request is")
  func told() async throws {
    let told = Told()
    var desk = desk
    desk.onSession = { key in told.append(key) }
    _ = try await desk.begin(device)
    _ = try await desk.ask(device, try device.inner.registration())
    #expect(told.all == [device.key])
    _ = try await desk.begin(device)
    #expect(told.all.count == 2)
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
  private let keys = Mutex<[DeviceKey]>([])
  func append(_ key: DeviceKey) { keys.withLock { $0.append(key) } }
  var all: [DeviceKey] { keys.withLock { $0 } }
}
