import CoAPStream
import Crypto
import Foundation
import ManagerBench
import PKI
import SwiftASN1
import Synchronization
import X509

@testable import Manager

/// The product's manager from its front desk inwards: sessions, enrolment, and an SQLite store of its own, on a virtual clock.
final class AttackedManager: Sendable {
  static let gateway = "g"

  let weaknesses: Set<Weakness>
  let keys: ManagerKeys
  let clock: VirtualClock
  let store: SQLiteStore
  let ledger: Ledger
  let engine: EnrolmentEngine
  let desk: WeakenedDesk
  let lines = Uplink()
  private let folder: StoryFolder
  private let work: Task<Void, any Error>
  private let notes: Notes
  private let held = Mutex<[Belief]>([])

  /// - Parameters:
  ///   - key: its EDHOC key.
  ///   - guise: what it says it is, for one that is not the product's.
  ///   - former: the one whose disk it has found, as after a restart.
  init(
    authority: Authority, key: AgreementKey = AgreementKey(), weaknesses: Set<Weakness> = [],
    guise: Guise? = nil, former: AttackedManager? = nil
  ) throws {
    self.weaknesses = weaknesses
    keys = try ManagerKeys(current: former?.keys.current ?? key)
    clock = VirtualClock(begin: Authority.start + 86_400)
    folder = try former?.folder ?? StoryFolder()
    store = try SQLiteStore(path: "\(folder.path)/manager.sqlite")
    let notes = Notes()
    self.notes = notes
    ledger = Ledger(store: store, clock: clock) { notes.take($0) }
    let keeper = SessionKeeper(store: store, keys: keys, clock: clock)
    let policy = EnrolmentPolicy(network: Ownership.network)
    let transport = WeakenedTransport(
      sound: SessionTransport(lines: lines, sessions: keeper), weaknesses: weaknesses, notes: notes)
    let engine = EnrolmentEngine(
      ledger: ledger, authority: StoryAuthority(authority),
      devices: DeviceCaller(transport: transport, policy: policy), policy: policy, logger: .silent, spread: { $0 })
    self.engine = engine
    desk = WeakenedDesk(
      sound: FrontDesk(
        sessions: keeper,
        desk: DeviceDesk(
          ledger: ledger, engine: engine, limits: CallLimits(perMinute: 600), pendingLimit: 10, logger: .silent)),
      weaknesses: weaknesses, notes: notes, guise: guise)
    work = Task { try await engine.run() }
  }

  /// x and y of its EDHOC key.
  var publicKey: [UInt8] { keys.current.coordinates }
  /// The credential of that key.
  var credential: [UInt8] { keys.credential }

  /// To be called at a story's end: nothing of it stays behind.
  func end() async {
    work.cancel()
    lines.end()
    _ = try? await work.value
    try? store.close()
  }

  /// Puts a device on the factory list.
  func know(_ device: AttackedDevice) async throws {
    guard let key = DeviceKey(device.bootstrap) else { throw AttackError.setup }
    notes.know(key, as: device.serialNumber)
    try await store.commit(
      .addDevice(try DeviceID(device.serialNumber), model: nil, thumbprint: key.thumbprint), by: .manager,
      at: clock.now)
  }

  /// Answers a request that came over its gateway.
  func answer(_ request: CoAPMessage) async -> CoAPMessage {
    let answer = await desk.answer(request, from: Self.gateway)
    if Belief.shows(answer, to: request) {
      held.withLock { $0.append(Belief(words: Words(request), at: 0, isObeyed: true)) }
    }
    return answer
  }

  /// Every certificate that it has had issued for a device.
  func certificates(of device: String) async throws -> [OrderedCertificate] {
    try await store.certificates(of: .device(try DeviceID(device)), in: nil, after: nil, limit: 100).items.map {
      record in
      let certificate = try Certificate(derEncoded: record.der)
      guard let key = P256.Signing.PublicKey(certificate.publicKey) else { throw AttackError.setup }
      return OrderedCertificate(
        der: record.der, serialNumber: Array(certificate.serialNumber.bytes),
        digest: Array(SHA256.hash(data: record.der)), publicKey: Array(key.rawRepresentation))
    }
  }

  /// Every request that it answered as a device's, in order.
  var beliefs: [Belief] { held.withLock { $0 } }

  /// Whether a device is active: its certificate was reported by itself.
  func isActive(_ device: AttackedDevice) -> Bool { notes.isActive(device.serialNumber) }

  /// Returns when nothing more happens by itself: every machine waits for its line, for the clock, or for nothing at all.
  ///
  /// What is waited for is the disk and other threads, which know no virtual clock.
  func settle() async throws {
    let end = ContinuousClock.now + .seconds(60)
    while await !engine.isAtRest(calls: lines.pendingCount, sleepers: clock.sleeperCount) {
      guard ContinuousClock.now < end else { throw AttackError.setup }
      await Task.yield()
    }
  }
}

extension EnrolmentEngine {
  /// Whether all that runs are so many calls, and all that waits are so many sleepers.
  fileprivate func isAtRest(calls: @autoclosure () -> Int, sleepers: @autoclosure () -> Int) -> Bool {
    running.count == calls() && waiting.count == sleepers()
  }
}

/// A folder that is gone when the last of its managers is.
final class StoryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("attack-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What a story wants to know of a certificate that was ordered.
struct OrderedCertificate {
  let der: [UInt8]
  let serialNumber: [UInt8]
  /// SHA-256 of it.
  let digest: [UInt8]
  /// x and y of the key it certifies.
  let publicKey: [UInt8]
}
