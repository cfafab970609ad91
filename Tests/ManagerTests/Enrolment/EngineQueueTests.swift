import Foundation
import Logging
import Synchronization
import Testing

@testable import Manager

@Suite("Whose turn it is in the enrolment engine")
struct EngineQueueTests {
  let rig: Rig
  let store: SQLiteStore
  let gate = Gate()

  init() throws {
    rig = try Rig()
    store = try rig.openStore()
  }

  /// Runs an engine whose devices answer when the gate lets them, and then with a refusal.
  private func run(limit: Int, _ body: @escaping @Sendable (EnrolmentEngine) async throws -> Void) async throws {
    let engine = EnrolmentEngine(
      ledger: rig.ledger(store), authority: rig.authority, devices: gate, policy: rig.policy, logger: .silent,
      runLimit: limit, spread: { $0 })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      defer {
        gate.open()
        group.cancelAll()
      }
      try await body(engine)
    }
  }

  private func device(_ text: String) async throws -> DeviceID {
    let id = try DeviceID(text)
    try await store.force(id, into: .csrRequested)
    return id
  }

  @Test("A demand that comes while the device's machine is at work is not lost behind a heartbeat")
  func demandStays() async throws {
    try await run(limit: 8) { engine in
      let id = try await device("A")
      await engine.wake(id, .demand)
      try await eventually("the device is called") { gate.calls.count == 1 }
      await engine.wake(id, .demand)
      await engine.wake(id, .registration)
      await engine.wake(id, .gateway)
      gate.open()
      // No time passes: the wait after the refusal is ended by the demand, or not at all.
      try await eventually("the device is called again") { gate.calls.count == 2 }
    }
  }

  @Test("A device waits for its turn once, however often it is woken; its reason is the strongest there was")
  func once() async throws {
    try await run(limit: 1) { engine in
      let (first, second) = (try await device("A"), try await device("B"))
      await engine.wake(first, .start)
      try await eventually("the first is called") { gate.calls.count == 1 }
      for cause in [WakeCause.registration, .demand, .gateway, .start] {
        for _ in 0..<250 { await engine.wake(second, cause) }
      }
      #expect(await engine.queuedCount == 1)
      #expect(await engine.queuedCause(of: second) == .demand)
      // Woken again and again, the first does not push in front of the second.
      for _ in 0..<10 { await engine.wake(first, .demand) }
      gate.open()
      try await eventually("all are called") { gate.calls.count == 3 }
      #expect(gate.calls == [first, second, first])
    }
  }
}

/// Devices that refuse, as soon as they are let.
final class Gate: DeviceCalling {
  private struct State {
    var calls: [DeviceID] = []
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  /// Who was called, in order.
  var calls: [DeviceID] { state.withLock { $0.calls } }

  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func callForRequest(_ device: Device) async -> RequestAnswer {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        state.calls.append(device.id)
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    return .refused("not now")
  }

  func deliver(_ certificate: CertificateRecord, to device: Device) async -> DeliveryAnswer { .refused("not now") }
}
