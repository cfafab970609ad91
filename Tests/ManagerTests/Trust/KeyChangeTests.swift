import CoAP
import CoAPStream
import Foundation
import PKI
import Testing

@testable import Manager

/// Whole stories of the trust root, between DeviceKit's device and the manager's own desk, sessions and trust keeper. What
/// the root signs is made by the code of `muster trust`.
@Suite("The root changes what devices believe, and nobody else does")
struct KeyChangeTests {
  private let rig: Rig
  private let root = SigningKey()
  private let device: KitDevice
  private let terms: TrustTerms

  init() throws {
    rig = try Rig()
    device = try KitDevice("D1")
    terms = TrustTerms(
      network: "plant", epoch: 1, managerKeys: [rig.managerKeys.current.coordinates], signers: [],
      anchors: [try TrustTerms.Anchor(rig.authority.anchor)])
  }

  /// A later descriptor of the root.
  private func descriptor(_ epoch: UInt32, _ change: (inout TrustTerms) throws -> Void = { _ in }) throws -> [UInt8] {
    var terms = terms
    terms.epoch = epoch
    try change(&terms)
    return try terms.signed(by: root)
  }

  /// The network's manager with a device that it knows; the device has the first descriptor.
  private func begin(_ keys: ManagerKeys) async throws -> KitManager {
    #expect(try device.provision(root: Array(root.publicKey.rawRepresentation), terms.signed(by: root)) == .changed)
    let manager = try KitManager(rig, keys, device)
    let thumbprint = device.key.thumbprint
    try await manager.ledger.commit(.addDevice(device.id, model: nil, thumbprint: thumbprint), by: .manager)
    #expect(try await manager.enter())
    #expect(try await manager.epoch() == 1)
    return manager
  }

  @Test("A planned change of the manager's key: announced, taken over, and the old one is believed no more")
  func planned() async throws {
    let next = AgreementKey()
    let old = try await begin(try ManagerKeys(current: rig.managerKeys.current, next: next))
    let announced = try descriptor(2) { try $0.announce(managerKey: next.coordinates) }
    try await old.offer(announced)
    // The session ended with the descriptor that it was made under.
    #expect(try await old.enter())
    #expect(try await old.epoch() == 2)
    // The new key is in use, and the device follows.
    let new = try KitManager(rig, try ManagerKeys(current: next), device)
    #expect(try await new.enter())
    let promoted = try descriptor(3) {
      try $0.announce(managerKey: next.coordinates)
      try $0.promote(.managerKey)
    }
    try await new.offer(promoted)
    #expect(try await new.enter())
    #expect(try await new.epoch() == 3)
    try device.restart()
    #expect(try await !KitManager(rig, rig.managerKeys, device).enter())
    #expect(try await new.enter())
    #expect(try await new.actions() == ["trust-delivered", "trust-delivered"])
  }

  @Test("A stolen manager's key: the thief can name no successor, the root replaces it at once, and the thief is out")
  func stolen() async throws {
    let fresh = AgreementKey()
    let manager = try await begin(try ManagerKeys(current: rig.managerKeys.current, next: fresh))
    // The thief has the key, and the line.
    let thief = try KitManager(rig, rig.managerKeys, device)
    try device.restart()
    #expect(try await thief.enter())
    var forged = terms
    forged.epoch = 100
    forged.replace(managerKey: AgreementKey().coordinates)
    let stolen = try SigningKey(pem: rig.managerKeys.current.pem)
    #expect(try await thief.put(forged.signed(by: stolen)) == "otherRoot")
    #expect(try await thief.epoch() == 1)

    // The root names the fresh key alone, and the manager brings it while devices still believe the stolen one.
    #expect(try await manager.enter())
    try await manager.offer(try descriptor(2) { $0.replace(managerKey: fresh.coordinates) })
    #expect(try await !thief.enter())
    #expect(try await !manager.enter(), "until it changes its own key")
    let changed = try KitManager(rig, try ManagerKeys(current: fresh), device)
    #expect(try await changed.enter())
    #expect(try await changed.epoch() == 2)
    #expect(try await changed.put(terms.signed(by: root)) == "lowerEpoch", "the old one does not come back")
  }

  @Test("A stolen anchor's and a stolen signer's successors are named by the root only, and take their places at once")
  func stolenOthers() async throws {
    let manager = try await begin(rig.managerKeys)
    let thief = SigningKey()
    var forged = terms
    forged.epoch = 2
    forged.replace(signer: Array(thief.publicKey.rawRepresentation))
    #expect(try await manager.put(forged.signed(by: thief)) == "otherRoot")
    let replaced = try descriptor(2) {
      $0.replace(signer: Array(SigningKey().publicKey.rawRepresentation))
      $0.replace(
        anchor: TrustTerms.Anchor(name: $0.anchors[0].name, publicKey: Array(thief.publicKey.rawRepresentation)))
    }
    try await manager.offer(replaced)
    #expect(try await manager.enter())
    #expect(try await manager.epoch() == 2)
    #expect(try await manager.digest() == TrustTerms.digest(of: replaced))
  }

  @Test("A manager with a descriptor of an earlier epoch, as out of an old backup, offers none, and would be refused")
  func lowerEpoch() async throws {
    let manager = try await begin(rig.managerKeys)
    let later = try descriptor(5)
    try await manager.offer(later)
    #expect(try await manager.enter())
    try await manager.offer(try descriptor(4))
    #expect(try await manager.actions() == ["trust-delivered"])
    #expect(try await manager.put(descriptor(4)) == "lowerEpoch")
    #expect(try await manager.put(descriptor(5) { $0.signers = [AgreementKey().coordinates] }) == "sameEpoch")
    #expect(try await manager.put(later) == nil)
    #expect(try await manager.epoch() == 5)
  }

  @Test("A descriptor of another network ends its manager at the start, and a device refuses it whoever signed it")
  func otherNetwork() async throws {
    let manager = try await begin(rig.managerKeys)
    let other = try descriptor(2) { $0.network = "other" }
    #expect(throws: ManagerError(.configuration, "")) {
      try TrustDescriptorFile(bytes: other, name: "x", network: "plant", keys: rig.managerKeys)
    }
    #expect(try await manager.put(other) == "otherNetwork")
    #expect(try await manager.put(descriptor(2) { $0.network = "plant " }) == "otherNetwork")
    #expect(try await manager.epoch() == 1)
  }
}
