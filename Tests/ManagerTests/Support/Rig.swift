import CoAP
import CoAPStream
import Foundation
import Logging
import ManagerBench
import PKI
import Synchronization

@testable import Manager

/// A manager's inside without sockets: store, engine, desk, a CA and devices in one process.
final class Rig: Sendable {
  let folder: TemporaryFolder
  let clock = VirtualClock()
  let authority: TestAuthority
  let devices: [DeviceID: ScriptedDevice]
  let policy: EnrolmentPolicy
  let managerKeys: ManagerKeys
  /// What happened, as `from>to` and problem codes.
  let story = Mutex<[String]>([])
  /// How often it was told that the CA's list cannot be had.
  let warnings = Mutex(0)

  init(_ ids: String...) throws {
    folder = try TemporaryFolder()
    authority = try TestAuthority(now: clock.now)
    devices = try Dictionary(uniqueKeysWithValues: ids.map { (try DeviceID($0), try ScriptedDevice($0)) })
    policy = EnrolmentPolicy(network: "plant")
    managerKeys = try ManagerKeys(current: AgreementKey())
  }

  var device: ScriptedDevice { devices.values.first! }

  /// Opens the store again, as after a crash.
  func openStore() throws -> SQLiteStore { try SQLiteStore(path: "\(folder.path)/manager.sqlite") }

  func ledger(_ store: any Store) -> Ledger {
    Ledger(store: store, clock: clock) { [self] event in
      if event.event == .authoritySilent { warnings.withLock { $0 += 1 } }
      story.withLock { story in
        switch event.event {
        case .device: story.append("\(event.from ?? "")>\(event.to ?? "")")
        case .trouble: story.append(event.problem ?? "")
        case .alarm: story.append("alarm \(event.problem ?? "")")
        case .listening, .ready, .moved, .gateway, .identity, .waiting, .disowned, .authoritySilent, .tampered,
          .stopping:
          break
        }
      }
    }
  }

  func engine(
    _ ledger: Ledger, transport: (any DeviceTransport)? = nil, authority: (any CertificateAuthority)? = nil
  ) -> EnrolmentEngine {
    EnrolmentEngine(
      ledger: ledger, authority: authority ?? self.authority,
      devices: DeviceCaller(transport: transport ?? DirectTransport(devices: devices), policy: policy),
      policy: policy, logger: .silent, spread: { $0 })
  }

  func desk(_ ledger: Ledger, _ engine: EnrolmentEngine, perMinute: Int = 600, pendingLimit: Int = 10) -> FrontDesk {
    FrontDesk(
      sessions: keeper(ledger),
      desk: DeviceDesk(
        ledger: ledger, engine: engine, limits: CallLimits(perMinute: perMinute), pendingLimit: pendingLimit,
        logger: .silent))
  }

  func keeper(_ ledger: Ledger, limits: HandshakeTable.Limits = .init(), strangers: Int = 64) -> SessionKeeper {
    SessionKeeper(
      store: ledger.store, keys: managerKeys, clock: clock, limits: limits, strangersPerGateway: strangers)
  }
}

/// Reaches scripted devices without a network: the line's name is the device's id in lower case.
struct DirectTransport: DeviceTransport {
  let devices: [DeviceID: ScriptedDevice]

  func request(
    _ message: CoAPMessage, to device: Device, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let device = devices.values.first(where: { $0.id.text.lowercased() == device.route?.line }) else {
      throw ManagerError(.unreachable, "no such line")
    }
    do { return try device.answer(message) } catch { throw ManagerError(.unreachable, "\(error)") }
  }
}

extension CoAPMessage {
  /// As a gateway passes it on.
  func from(_ line: String) -> CoAPMessage {
    var message = self
    message.add(.musterLine, line)
    return message
  }
}

/// Waits until something has come true that other threads and the disk are still busy with; those know no virtual clock.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
  _ = try await poll(what) { try await condition() ? true : nil }
}
