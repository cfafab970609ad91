import CoAP
import CoAPStream
import Foundation
import PKI

@testable import Manager

/// A manager's desk, sessions and trust keeper with a key of one's choice, and DeviceKit's device on its line.
struct KitManager {
  let ledger: Ledger
  private let keys: ManagerKeys
  private let desk: FrontDesk
  private let sessions: SessionKeeper
  private let transport: SessionTransport
  private let device: KitDevice

  init(_ rig: Rig, _ keys: ManagerKeys, _ device: KitDevice) throws {
    ledger = rig.ledger(try rig.openStore())
    self.keys = keys
    self.device = device
    sessions = SessionKeeper(store: ledger.store, keys: keys, clock: rig.clock)
    transport = SessionTransport(lines: KitGateway(devices: [device]), sessions: sessions)
    desk = FrontDesk(
      sessions: sessions,
      desk: DeviceDesk(
        ledger: ledger, engine: rig.engine(ledger, transport: transport), limits: CallLimits(perMinute: 600),
        pendingLimit: 10, logger: .silent))
  }

  /// - Returns: whether the device opened a session with this manager.
  func enter() async throws -> Bool { try await device.enter(desk).isInside }

  /// As it is done after every new session.
  func offer(_ descriptor: [UInt8]) async throws {
    let file = try TrustDescriptorFile(bytes: descriptor, name: "test", network: "plant", keys: keys)
    await TrustKeeper(
      descriptor: file, ledger: ledger, sessions: sessions, transport: transport, logger: .silent
    ).offer(to: device.key.thumbprint)
  }

  /// Sends a descriptor whatever it says.
  ///
  /// - Returns: the device's reason to refuse it; nil for none.
  func put(_ descriptor: [UInt8]) async throws -> String? {
    let answer = try await ask(.request(.put, "trust", contentFormat: .coseSign1, payload: descriptor))
    return answer.code == .changed ? nil : DeviceRefusal(answer.payload)?.name ?? answer.code.text
  }

  func epoch() async throws -> UInt32? { DeviceStatus(try await ask(.request(.get, "status")).payload)?.trustEpoch }

  /// The digest of its descriptor that the device reports.
  func digest() async throws -> [UInt8] { Array(try await ask(.request(.get, "status")).payload.suffix(32)) }

  /// What the audit trail says of descriptors.
  func actions() async throws -> [String] {
    try await ledger.store.audit(after: nil, limit: 100).items.map(\.action).filter { $0.hasPrefix("trust") }
  }

  private func ask(_ request: CoAPMessage) async throws -> CoAPMessage {
    guard let row = try await ledger.store.device(device.id) else { throw KitError.silent }
    return try await transport.request(request, to: row, timeout: .seconds(5))
  }
}
