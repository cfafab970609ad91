import CoAP
import CoAPStream
import Foundation
import ManagerBench
import PKI
import Testing

@testable import Manager

@Suite("Devices that are put aside or withdrawn")
struct DeviceStepTests: SessionSuite {
  let bench: SessionBench

  init() throws { bench = try SessionBench() }

  private var life: LifeDesk { LifeDesk(ledger: ledger, sessions: desk.sessions, engine: rig.engine(ledger)) }
  private var id: DeviceID { device.inner.id }

  private func enter() async throws {
    try await ledger.commit(
      .addDevice(id, model: nil, thumbprint: device.key.thumbprint), by: .administrator("admin"))
    #expect(try await desk.begin(device).code == .changed)
  }

  /// What the manager says to a device that opens a new session.
  private func knock(_ desk: FrontDesk) async throws -> CoAPMessage {
    let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
    let message3 = try device.message3(message2, by: .value)
    let combined = try device.protect(try device.inner.registration(), message3: message3)
    return await desk.answer(combined.from("d1"), from: "g")
  }

  @Test(
    "The session ends at once, requests in it are 4.01, and a new handshake is refused for its own reason",
    arguments: [DeviceEvent.suspend, .revoke, .decommission])
  func turnedAway(by event: DeviceEvent) async throws {
    try await enter()
    let step = try await life.perform(event, on: id, by: .administrator("admin"))
    #expect(step == LifeDesk.Step(isNew: true, hadSession: true))
    let late = await desk.answer(try device.protect(try device.inner.registration()).from("d1"), from: "g")
    #expect(late.code == .unauthorized)
    let refusal = try await knock(desk)
    #expect(refusal.code == .forbidden)
    let state = DeviceLife.row(event).to.rawValue
    #expect(String(decoding: refusal.payload, as: UTF8.self) == "The device is \(state).")
    #expect(await desk.sessions.sessionCount == 0)
    await #expect(throws: ManagerError(.unreachable, "")) {
      try await desk.sessions.protect(.request(.get, "status"), to: device.key.thumbprint)
    }
  }

  @Test(
    "Made again, each step is a success that says so, with one audit row",
    arguments: [
      DeviceEvent.suspend, .revoke, .decommission,
    ])
  func twice(_ event: DeviceEvent) async throws {
    try await enter()
    for attempt in 0..<3 {
      let step = try await life.perform(event, on: id, reason: .keyCompromise, by: .administrator("admin"))
      #expect(step.isNew == (attempt == 0))
    }
    let action = "device-\(DeviceLife.row(event).to.rawValue)"
    let rows = try await store.audit(after: nil, limit: 100).items.filter { $0.action == action }
    #expect(rows.map(\.actor) == ["administrator admin"])
    #expect(rows.first?.detail == ["from": "approved", "reason": "keyCompromise"])
  }

  @Test("A suspended device that is let go on opens a session again, and resuming twice says so")
  func resumed() async throws {
    try await enter()
    _ = try await life.perform(.suspend, on: id, by: .administrator("admin"))
    #expect(try await life.perform(.resume, on: id, by: .administrator("admin")).isNew)
    #expect(try await !life.perform(.resume, on: id, by: .administrator("admin")).isNew)
    #expect(try await desk.begin(device).code == .changed)
    #expect(try await store.device(id)?.state == .approved)
  }

  @Test("A device that is suspended between the look at its standing and its session does not get the session")
  func race() async throws {
    try await enter()
    let hooked = FailingStore(store)
    let desk = rig.desk(rig.ledger(hooked), rig.engine(ledger))
    let life = LifeDesk(ledger: ledger, sessions: desk.sessions, engine: rig.engine(ledger))
    let id = id
    hooked.afterKeyRead { _ = try await life.perform(.suspend, on: id, by: .administrator("admin")) }
    #expect(try await knock(desk).code == .forbidden)
    #expect(await desk.sessions.sessionCount == 0)
  }

  @Test("A name that was taken out of service is not given again, nor is its key")
  func nameIsGone() async throws {
    try await enter()
    _ = try await life.perform(.decommission, on: id, by: .administrator("admin"))
    for thumbprint in [device.key.thumbprint, DeviceKey(AgreementKey().coordinates)!.thumbprint, nil] {
      await #expect(throws: ManagerError(.alreadyExists, "")) {
        try await ledger.commit(.addDevice(id, model: nil, thumbprint: thumbprint), by: .manager)
      }
    }
    await #expect(throws: ManagerError(.alreadyExists, "")) {
      try await ledger.commit(
        .addDevice(try DeviceID("D2"), model: nil, thumbprint: device.key.thumbprint), by: .manager)
    }
    #expect(try await store.device(id)?.state == .decommissioned)
  }

  @Test("A device that nobody knows cannot be put aside, and says why not")
  func unknown() async throws {
    await #expect(throws: ManagerError(.notFound, "")) {
      try await life.perform(.suspend, on: id, by: .administrator("admin"))
    }
    #expect(try await desk.begin(device).code == .changed)
    let error = await #expect(throws: ManagerError(.conflict, "")) {
      try await life.perform(.suspend, on: id, by: .administrator("admin"))
    }
    #expect(error?.reason.contains("not-approved") == true)
  }
}
