import CoAP
import CoAPStream
import Foundation
import ManagerBench
import PKI
import Testing

@testable import Manager

@Suite("Who a device is: its key, and no other")
struct IdentityTests: SessionSuite {
  let bench: SessionBench

  init() throws {
    bench = try SessionBench()
  }

  private func approve(_ id: DeviceID) async throws {
    try await ledger.commit(.stepDevice(id, .approve), by: .administrator("admin"))
  }

  @Test("Another key under a known id is refused and raises an alarm, which stays until it is acknowledged")
  func otherKey() async throws {
    _ = try await desk.begin(device)
    try await approve(device.inner.id)
    let impostor = try SecuredDevice("D1", manager: rig.managerKeys.current)
    #expect(try await desk.begin(impostor, line: "d2").code == .forbidden)
    let row = try #require(try await store.device(device.inner.id))
    #expect(row.alarm?.code == .otherKey)
    #expect(row.alarm?.detail.contains(impostor.key.thumbprint.text) == true)
    #expect(row.thumbprint == device.key.thumbprint)
    #expect(row.route?.line == "d1")
    #expect(rig.story.withLock { $0.contains("alarm other-key") })
    let rows = try await store.audit(after: nil, limit: 100).items.count { $0.action == "device-alarm" }
    // The same once more is not written once more.
    _ = try await desk.begin(impostor, line: "d2")
    #expect(try await store.audit(after: nil, limit: 100).items.count { $0.action == "device-alarm" } == rows)
    try await ledger.commit(.acknowledgeDevice(device.inner.id), by: .administrator("admin"))
    #expect(try await store.device(device.inner.id)?.alarm == nil)
    // The device itself has lost nothing.
    #expect(try await desk.ask(device, try device.inner.registration()).code == .changed)
  }

  @Test("A known key under another id is refused, and the alarm is about the key's device")
  func otherID() async throws {
    _ = try await desk.begin(device)
    let renamed = try SecuredDevice("D2", manager: rig.managerKeys.current, bootstrap: device.bootstrap)
    #expect(try await desk.begin(renamed).code == .forbidden)
    #expect(try await store.device(renamed.inner.id) == nil)
    #expect(try await store.device(device.inner.id)?.alarm?.code == .otherID)
  }

  @Test("A key seen at another place is followed there; the move is an event, an alarm and a row of its history")
  func moved() async throws {
    _ = try await desk.begin(device)
    _ = try await desk.begin(device, line: "d7", from: "h")
    let row = try #require(try await store.device(device.inner.id))
    #expect(row.route == Route(gateway: "h", line: "d7"))
    #expect(row.alarm?.code == .moved)
    let routes = try await store.routes(of: device.inner.id).map(\.route.uriHost)
    #expect(routes == ["d7.h", "d1.g"])
  }

  @Test("Another port of the same address is no other place: the device is followed there, without event or alarm")
  func otherPort() async throws {
    _ = try await desk.begin(device, line: "u-0a000001-1633")
    _ = try await desk.begin(device, line: "u-0a000001-e001")
    let row = try #require(try await store.device(device.inner.id))
    #expect(row.route == Route(gateway: "g", line: "u-0a000001-e001"))
    #expect(row.alarm == nil)
    #expect(try await store.routes(of: device.inner.id).count == 1)
    #expect(try await store.audit(after: nil, limit: 10).items.map(\.action) == ["device-met"])
  }

  @Test(
    "Another address, another interface, another gateway, and a name that only looks like an endpoint's are other places",
    arguments: [
      ("u-0a000002-1633", "g"), ("u-0a000001-1633-2", "g"), ("u-0a000001-e001", "h"), ("u-0a00000g-1633", "g"),
      ("u-0a000001-16333", "g"), ("u-0a000001", "g"),
    ])
  func otherAddress(line: String, gateway: String) async throws {
    _ = try await desk.begin(device, line: "u-0a000001-1633")
    _ = try await desk.begin(device, line: line, from: gateway)
    #expect(try await store.device(device.inner.id)?.alarm?.code == .moved)
  }

  @Test("Strangers use up their own limit and nothing of those who proved a known key")
  func limits() async throws {
    let desk = rig.desk(ledger, rig.engine(ledger), perMinute: 4, pendingLimit: 100)
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    _ = try await desk.begin(device)
    var codes: [Code] = []
    for number in 0..<3 {
      let stranger = try SecuredDevice("S\(number)", manager: rig.managerKeys.current)
      codes.append(try await desk.begin(stranger).code)
    }
    #expect(codes == [.changed, .serviceUnavailable, .serviceUnavailable])
    #expect(try await desk.begin(device, line: "d2").code == .changed)
    #expect(try await store.device(device.inner.id)?.route?.line == "d2")
  }

  @Test("Past pending and without a key on record: who calls is refused, which is shown as that and as no alarm")
  func keyUnknown() async throws {
    try await store.force(device.inner.id, into: .approved)
    #expect(try await desk.begin(device).code == .forbidden)
    let row = try #require(try await store.device(device.inner.id))
    #expect(row.alarm == nil)
    #expect(row.problem?.code == .keyUnknown)
    #expect(row.problem?.held == true)
    #expect(row.problem?.detail.contains(device.key.thumbprint.text) == true)
    try await ledger.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .administrator("admin"))
    #expect(try await store.device(device.inner.id)?.problem == nil)
    #expect(try await desk.ask(device, try device.inner.registration()).code == .changed)
    #expect(try await store.device(device.inner.id)?.state == .approved)
  }

  @Test(
    "A device known by its id alone waits for an administrator with the key that came; then it goes on with that key")
  func knownByID() async throws {
    try await ledger.commit(.addDevice(device.inner.id, model: nil), by: .administrator("admin"))
    #expect(try await desk.begin(device).code == .changed)
    let row = try #require(try await store.device(device.inner.id))
    #expect(row.state == .pending)
    #expect(row.thumbprint == device.key.thumbprint)
    try await approve(device.inner.id)
    #expect(try await desk.ask(device, try device.inner.registration()).code == .changed)
  }

  @Test("An administrator's thumbprint beats a stranger's claim, and never an approved device's")
  func thumbprintGiven() async throws {
    let squatter = try SecuredDevice("D1", manager: rig.managerKeys.current)
    _ = try await desk.begin(squatter)
    #expect(try await store.device(device.inner.id)?.thumbprint == squatter.key.thumbprint)
    try await ledger.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .administrator("admin"))
    #expect(try await store.device(device.inner.id)?.state == .registered)
    #expect(try await desk.begin(squatter).code == .forbidden)
    #expect(try await desk.begin(device).code == .changed)
    #expect(try await store.device(device.inner.id)?.state == .approved)
    await #expect(throws: ManagerError(.alreadyExists, "")) {
      try await ledger.commit(
        .addDevice(device.inner.id, model: nil, thumbprint: squatter.key.thumbprint), by: .administrator("admin"))
    }
  }

  @Test("One thumbprint is one device's: the database itself refuses a second")
  func uniqueThumbprint() async throws {
    try await ledger.commit(
      .addDevice(try DeviceID("A"), model: nil, thumbprint: device.key.thumbprint), by: .administrator("admin"))
    let error = await #expect(throws: ManagerError(.alreadyExists, "")) {
      try await ledger.commit(
        .addDevice(try DeviceID("B"), model: nil, thumbprint: device.key.thumbprint), by: .administrator("admin"))
    }
    #expect(error?.reason.contains("device A") == true)
    await #expect(throws: (any Error).self) {
      try await store.pool.write {
        try $0.execute(
          sql: """
            INSERT INTO device(id, state, thumbprint, created_at, changed_at)
            SELECT 'B', 'pending', thumbprint, 0, 0 FROM device
            """)
      }
    }
  }

  @Test("A report inside another device's session is refused, however good its signature")
  func foreignReport() async throws {
    let signed = try ScriptedDevice("D1")
    _ = try await desk.begin(device)
    let other = try SecuredDevice("D2", manager: rig.managerKeys.current)
    _ = try await desk.begin(other)
    let stage = try Stage()
    let report = try ScriptedDevice.report(
      signed.id, key: .init(), certificate: try stage.issued.certificate.der)
    let answer = try await desk.ask(
      other, .request(.post, "report", contentFormat: .coseSign1, payload: report))
    #expect(answer.code == .forbidden)
  }
}
