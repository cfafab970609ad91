import CoAP
import CoAPStream
import Foundation
import ManagerBench
import PKI
import Synchronization
import Testing

@testable import Manager

@Suite("Calling devices through their sessions")
struct SessionTransportTests: SessionSuite {
  let bench: SessionBench

  init() throws {
    bench = try SessionBench()
  }

  private func caller(_ gateway: LoopGateway) -> DeviceCaller {
    DeviceCaller(transport: SessionTransport(lines: gateway, sessions: desk.sessions), policy: rig.policy)
  }

  private func row() async throws -> Device { try #require(try await store.device(device.inner.id)) }

  @Test("A request goes out as POST with an OSCORE option, and neither path nor network's name nor key is to be seen")
  func opaque() async throws {
    _ = try await desk.begin(device)
    let gateway = LoopGateway(bench.device)
    guard case .request(let csr) = await caller(gateway).callForRequest(try await row()) else {
      Issue.record("no request")
      return
    }
    #expect(try CertificationRequest(csr).subject.serialNumber == "D1")
    for message in gateway.seen.withLock({ $0 }) {
      #expect(message.code == .post || message.code == .changed)
      #expect(message.uriPath.isEmpty)
      #expect(message.contentFormat == nil)
      let bytes = try message.serialized()
      for word in ["plant", "csr"] { #expect(bytes.firstRange(of: Array(word.utf8)) == nil, "\(word)") }
    }
  }

  @Test("The Echo a device asks for is sent with the repetition, and with the next request at once")
  func echo() async throws {
    _ = try await desk.begin(device)
    device.demandEcho([1, 2, 3, 4])
    let gateway = LoopGateway(bench.device)
    guard case .request = await caller(gateway).callForRequest(try await row()) else {
      Issue.record("no request")
      return
    }
    #expect(gateway.seen.withLock { $0.count } == 4)
    guard case .request = await caller(gateway).callForRequest(try await row()) else {
      Issue.record("no second request")
      return
    }
    #expect(gateway.seen.withLock { $0.count } == 6)
    #expect(device.echoesSeen == 2)
  }

  @Test("A device that finds the repetition stale too was not reached: that is no refusal, and is tried again")
  func staleTwice() async throws {
    _ = try await desk.begin(device)
    device.demandEcho([1, 2, 3, 4])
    device.findEveryEchoStale()
    let gateway = LoopGateway(bench.device)
    guard case .unreachable(let detail) = await caller(gateway).callForRequest(try await row()) else {
      Issue.record("taken for the device's own answer")
      return
    }
    #expect(detail.contains("too late"))
    #expect(gateway.seen.withLock { $0.count } == 4)
  }

  @Test("What a gateway answers in a device's place decides nothing, be it a refusal, a request or silence")
  func forgedAnswers() async throws {
    _ = try await desk.begin(device)
    let forged: [CoAPMessage] = [
      .response(.changed, contentFormat: .pkcs10, payload: [0x30, 0x00]), .response(.conflict),
      .response(.unauthorized), .response(.forbidden), .response(.internalServerError),
    ]
    for answer in forged {
      guard case .unreachable = await caller(LoopGateway(device) { _ in answer }).callForRequest(try await row()) else {
        Issue.record("\(answer.code.text) was believed")
        continue
      }
    }
    // A good answer to another request is no answer to this one.
    let first = LoopGateway(device)
    _ = await caller(first).callForRequest(try await row())
    let old = try #require(first.seen.withLock { $0.last })
    guard case .unreachable = await caller(LoopGateway(device) { _ in old }).callForRequest(try await row()) else {
      Issue.record("an old answer was believed")
      return
    }
    // And the session has not suffered.
    guard case .request = await caller(LoopGateway(device)).callForRequest(try await row()) else {
      Issue.record("the session is gone")
      return
    }
  }

  @Test("A device with a key is never called without a session")
  func noSession() async throws {
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    var row = try await row()
    row.route = Route(gateway: "g", line: "d1")
    let gateway = LoopGateway(bench.device)
    guard case .unreachable(let detail) = await caller(gateway).callForRequest(row) else {
      Issue.record("called")
      return
    }
    #expect(detail.contains("no session"))
    #expect(gateway.seen.withLock { $0.isEmpty })
  }

  @Test("An enrolment from the first message to the active certificate, all of it through the session")
  func enrolment() async throws {
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    device.demandEcho([9, 9, 9, 9])
    let gateway = LoopGateway(bench.device)
    let keeper = rig.keeper(ledger)
    let engine = rig.engine(ledger, transport: SessionTransport(lines: gateway, sessions: keeper))
    let desk = FrontDesk(
      sessions: keeper,
      desk: DeviceDesk(
        ledger: ledger, engine: engine, limits: CallLimits(perMinute: 600), pendingLimit: 10, logger: .silent))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      defer { group.cancelAll() }
      #expect(try await desk.begin(device).code == .changed)
      try await eventually("delivered") { try await store.device(device.inner.id)?.state == .delivered }
      let report = try #require(try device.inner.report())
      #expect(try await desk.ask(device, report).code == .changed)
    }
    #expect(try await row().state == .active)
    #expect(gateway.seen.withLock { $0.allSatisfy { $0.value(of: .oscore) != nil } })
  }
}
