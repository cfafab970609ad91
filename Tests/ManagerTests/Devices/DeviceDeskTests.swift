import CoAP
import CoAPStream
import Foundation
import ManagerBench
import Testing

@testable import Manager

@Suite("What devices ask of the manager")
struct DeviceDeskTests {
  let rig: Rig
  let store: SQLiteStore
  let ledger: Ledger
  let engine: EnrolmentEngine

  init() throws {
    rig = try Rig("D1")
    store = try rig.openStore()
    ledger = rig.ledger(store)
    engine = rig.engine(ledger)
  }

  private func answer(
    _ request: CoAPMessage, as device: ScriptedDevice? = nil, desk: FrontDesk? = nil
  ) async -> CoAPMessage {
    await (desk ?? rig.desk(ledger, engine)).answer(request, from: "g", as: (device ?? rig.device).key)
  }

  @Test("An unknown device becomes pending and is told when to call again")
  func unknownDevice() async throws {
    let answer = await answer(try rig.device.registration().from("d1"))
    #expect(answer.code == .changed)
    #expect(answer.payload == [0xA1, 0x01, 0x0A])
    let device = try #require(try await store.device(rig.device.id))
    #expect(device.state == .pending)
    #expect(device.route == Route(gateway: "g", line: "d1"))
    #expect(device.claim == DeviceClaim(holding: .nothing, serial: nil, maximumMessageBytes: 512))
    #expect(try await store.audit(after: nil, limit: 10).items.map(\.action) == ["device-met"])
  }

  @Test("An id that differs from a known one in case only is refused with its own reason, and nothing is written")
  func twin() async throws {
    try await store.commit(.addDevice(try DeviceID("d1"), model: nil), by: .manager, at: rig.clock.now)
    let answer = await answer(try rig.device.registration().from("d1"))
    #expect(answer.code == .forbidden)
    #expect(String(decoding: answer.payload, as: UTF8.self).contains("upper and lower case"))
    #expect(try await store.device(rig.device.id) == nil)
    await #expect(throws: ManagerError(.alreadyExists, "")) {
      try await store.commit(.addDevice(rig.device.id, model: nil), by: .manager, at: rig.clock.now)
    }
  }

  @Test("The gateway's name comes from the connection and the line from option 65000; without a line nothing happens")
  func lineHint() async throws {
    #expect(await answer(try rig.device.registration()).code == .badRequest)
    #expect(await answer(try rig.device.registration().from("D1 ")).code == .badRequest)
    #expect(try await store.device(rig.device.id) == nil)
  }

  @Test("Other paths, methods, formats and unknown critical options are refused by their codes")
  func wrongRequests() async throws {
    var request = try rig.device.registration().from("d1")
    request.code = .get
    #expect(await answer(request).code == .methodNotAllowed)
    request = try rig.device.registration().from("d1")
    request.contentFormat = .text
    #expect(await answer(request).code == .unsupportedContentFormat)
    request = try rig.device.registration().from("d1")
    request.uriPath = ["provision"]
    #expect(await answer(request).code == .notFound)
    request = try rig.device.registration().from("d1")
    request.add(OptionNumber(rawValue: 65_001), [])
    #expect(await answer(request).code == .badOption)
    #expect(try await store.device(rig.device.id) == nil)
  }

  @Test(
    "A suspended, revoked or decommissioned device is turned away",
    arguments: [
      DeviceState.suspended, .revoked, .decommissioned,
    ])
  func blocked(_ state: DeviceState) async throws {
    try await store.force(rig.device.id, into: state)
    #expect(await answer(try rig.device.registration().from("d1")).code == .forbidden)
    #expect(try await store.device(rig.device.id)?.state == state)
  }

  @Test("Unknown devices are bounded in number and in speed; the answer says when to come again")
  func bounds() async throws {
    let small = rig.desk(ledger, engine, pendingLimit: 2)
    let slow = rig.desk(ledger, engine, perMinute: 4, pendingLimit: 100)
    for (index, code) in [Code.changed, .changed, .serviceUnavailable].enumerated() {
      let device = try ScriptedDevice("A\(index)")
      let answer = await answer(try device.registration().from("d1"), as: device, desk: small)
      #expect(answer.code == code)
      if code == .serviceUnavailable { #expect(answer.maxAge == 60) }
    }
    let (first, second) = (try ScriptedDevice("B0"), try ScriptedDevice("B1"))
    #expect(await answer(try first.registration().from("d1"), as: first, desk: slow).code == .changed)
    #expect(await answer(try second.registration().from("d1"), as: second, desk: slow).code == .serviceUnavailable)
    rig.clock.advance(by: .seconds(16))
    #expect(await answer(try second.registration().from("d1"), as: second, desk: slow).code == .changed)
  }

  @Test("A device that appears on another line is followed there, and the move is in the audit trail")
  func relocation() async throws {
    _ = await answer(try rig.device.registration().from("d1"))
    _ = await answer(try rig.device.registration().from("d2"))
    #expect(try await store.device(rig.device.id)?.route?.line == "d2")
    #expect(try await store.audit(after: nil, limit: 10).items.map(\.action) == ["device-met", "device-relocated"])
  }

  @Test("A truncated or mutated registration is a bad request or a device of another name, never an error inside")
  func mutatedRegistrations() async throws {
    let good = try rig.device.registration().from("d1")
    let desk = rig.desk(ledger, engine, perMinute: 600_000, pendingLimit: 100_000)
    for count in 0..<good.payload.count {
      var short = good
      short.payload = Array(good.payload.prefix(count))
      #expect(await answer(short, desk: desk).code == .badRequest)
    }
    #expect(await answer(good, desk: desk).code == .changed)
    for index in good.payload.indices {
      for bit in 0..<8 {
        var flipped = good
        flipped.payload[index] ^= 1 << UInt8(bit)
        let code = await answer(flipped, desk: desk).code
        // With its first letter in the other case it is a twin.
        #expect(code == .badRequest || code == .changed || code == .forbidden, "byte \(index) bit \(bit)")
      }
    }
  }

  @Test("When the store fails the device is told to come again, not that all is well")
  func storeFails() async throws {
    for moment in FailingStore.Moment.allCases {
      let failing = rig.ledger(FailingStore(store, failing: 1, moment))
      let desk = rig.desk(failing, rig.engine(failing))
      let device = try ScriptedDevice("X-\(moment)")
      let answer = await desk.answer(try device.registration().from("d1"), from: "g", as: device.key)
      #expect(answer.code == .serviceUnavailable)
    }
  }
}
