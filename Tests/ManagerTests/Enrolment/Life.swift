import Foundation
import ManagerBench

@testable import Manager

/// One life of the manager's inside on a rig's folder: from opening the store to its end, orderly or not.
struct Life: Sendable {
  let rig: Rig
  let store: SQLiteStore
  let ledger: Ledger
  let engine: EnrolmentEngine
  let desk: FrontDesk

  init(
    _ rig: Rig, authority: (any CertificateAuthority)? = nil, wrap: (SQLiteStore) -> any Store = { $0 }
  ) throws {
    self.rig = rig
    store = try rig.openStore()
    ledger = rig.ledger(wrap(store))
    engine = rig.engine(ledger, authority: authority)
    desk = rig.desk(ledger, engine)
  }

  /// Runs the engine while `body` runs, then drops it where it stands.
  func run(_ body: @escaping @Sendable (Life) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      defer { group.cancelAll() }
      try await body(self)
    }
    try store.close()
  }

  func device() async throws -> Device? { try await store.device(rig.device.id) }
  func state() async throws -> DeviceState? { try await device()?.state }

  func serial() async throws -> String? {
    guard let id = try await device()?.certificateID else { return nil }
    return try await store.certificate(id)?.serial
  }

  /// The device's call at `/register`, over line `d1` of gateway `g`.
  func register() async throws {
    _ = await desk.answer(try rig.device.registration().from(line), from: "g", as: rig.device.key)
  }

  /// The device's call at `/report`, if it has something to report.
  func report() async throws {
    guard let report = try rig.device.report() else { return }
    _ = await desk.answer(report.from(line), from: "g", as: rig.device.key)
  }

  func approve() async throws {
    try await ledger.commit(.stepDevice(rig.device.id, .approve), by: .administrator("admin"))
    await engine.wake(rig.device.id, .demand)
  }

  /// Does what device, administrator and time do, again and again, until the device is active.
  func pursue() async throws {
    _ = try await poll("\(rig.device.id) is active") { try await stride() ? true : nil }
  }

  /// One round of that.
  ///
  /// - Returns: whether the device is active.
  func stride() async throws -> Bool {
    if try await state() == .active { return true }
    try? await register()
    if try await state() == .pending { try? await approve() }
    try? await report()
    rig.clock.advance(by: .seconds(10))
    return false
  }

  private var line: String { rig.device.id.text.lowercased() }
}
