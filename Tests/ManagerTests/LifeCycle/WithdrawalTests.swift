import Foundation
import ManagerBench
import PKI
import Synchronization
import Testing

@testable import Manager

@Suite("Certificates of devices that are withdrawn")
struct WithdrawalTests {
  @Test(
    "Active, revoked: every certificate that has not ended is withdrawn, in the transaction of the state, at every crash"
  )
  func atomic() async throws {
    for moment in FailingStore.Moment.allCases {
      let rig = try Rig("D1")
      try await Life(rig).run { life in try await life.pursue() }
      let life = try Life(rig) { FailingStore($0, failing: 1, moment) }
      await #expect(throws: FailingStore.PowerCut.self) {
        try await life.ledger.commit(.stepDevice(rig.device.id, .revoke, reason: .keyCompromise), by: .manager)
      }
      let holder = Holder.device(rig.device.id)
      let states = try await life.store.certificates(of: holder, in: nil, after: nil, limit: 10).items.map(\.state)
      let jobs = try await life.store.revocations(of: holder)
      #expect(try await life.state() == (moment == .before ? .active : .revoked))
      #expect(states == (moment == .before ? [.active] : [.revoked]))
      #expect(jobs.map(\.reason) == (moment == .before ? [] : [.keyCompromise]))
      #expect(jobs.map(\.nextTryAt) == jobs.map { $0.revokedAt })
    }
  }

  @Test("A former certificate that has not ended is withdrawn with the one in force; one that has ended is left")
  func former() async throws {
    let rig = try Rig("D1")
    try await Life(rig).run { life in
      try await life.pursue()
      try await life.ledger.commit(.retryDevice(rig.device.id), by: .administrator("admin"))
      rig.device.reset()
      await life.engine.wake(rig.device.id, .demand)
      try await life.pursue()
      let holder = Holder.device(rig.device.id)
      #expect(
        try await life.store.certificates(of: holder, in: nil, after: nil, limit: 10).items.map(\.state) == [
          .superseded, .active,
        ])
      try await life.ledger.commit(.stepDevice(rig.device.id, .revoke), by: .administrator("admin"))
      #expect(try await life.store.revocations(of: holder).count == 2)
      #expect(Set(try await life.store.revocations(of: holder).map(\.transaction)).count == 2)
    }
  }

  @Test("An order under way when its device is withdrawn: the certificate comes, is withdrawn, and nobody gets it")
  func underWay() async throws {
    let rig = try Rig("D1")
    let gate = HeldAuthority(rig.authority)
    let life = try Life(rig, authority: gate)
    try await life.run { life in
      try await life.register()
      try await life.approve()
      try await eventually("the CA has the order") { gate.isHeld }
      try await life.ledger.commit(.stepDevice(rig.device.id, .revoke, reason: .keyCompromise), by: .manager)
      gate.release()
      let holder = Holder.device(rig.device.id)
      try await eventually("the certificate is there") { try await !life.store.revocations(of: holder).isEmpty }
      try await eventually("the engine rests") { await life.engine.isIdle }
      let all = try await life.store.certificates(of: holder, in: nil, after: nil, limit: 10).items
      #expect(all.map(\.state) == [.revoked])
      #expect(rig.device.deliveries == 0)
      #expect(try await life.state() == .revoked)
    }
  }

  @Test("An order that is to go out when its device is suspended stays here, and goes when the device is let go on")
  func notSent() async throws {
    let rig = try Rig("D1")
    rig.authority.answer(.later(atLeast: .seconds(5), "busy"))
    let life = try Life(rig)
    try await life.run { life in
      try await life.register()
      try await life.approve()
      try await eventually("the CA was asked") { rig.authority.sentCount == 1 }
      try await eventually("the engine rests") { await life.engine.isIdle }
      try await life.ledger.commit(.stepDevice(rig.device.id, .suspend), by: .administrator("admin"))
      let order = try #require(try await life.device()?.orderID)
      await #expect(throws: ManagerError(.conflict, "")) {
        try await life.ledger.commit(.sendOrder(order, message: [1]), by: .manager)
      }
      rig.clock.advance(by: .seconds(60))
      await life.engine.wake(rig.device.id, .demand)
      try await eventually("the engine rests") { await life.engine.isIdle }
      #expect(rig.authority.sentCount == 1 && rig.authority.issuedCount == 0)
      try await life.ledger.commit(.stepDevice(rig.device.id, .resume), by: .administrator("admin"))
      await life.engine.wake(rig.device.id, .demand)
      try await life.pursue()
      #expect(rig.authority.issuedCount == 1)
    }
  }

  @Test("A key whose certificate was revoked is ordered for nobody again")
  func keyIsGone() async throws {
    let rig = try Rig("D1")
    try await Life(rig).run { life in
      try await life.pursue()
      let device = try #require(try await life.device())
      let id = try #require(device.certificateID)
      let certificate = try #require(try await life.store.certificate(id))
      let order = try #require(try await life.store.order(certificate.orderID))
      try await life.ledger.commit(.stepDevice(device.id, .revoke), by: .administrator("admin"))
      let again = Order(
        id: .fresh(), holder: order.holder, profile: "device", key: order.key, request: order.request,
        createdAt: rig.clock.now)
      let error = await #expect(throws: ManagerError(.conflict, "")) {
        try await life.ledger.commit(.placeOwnOrder(again), by: .manager)
      }
      #expect(error?.reason.contains("revoked") == true)
    }
  }
}

/// A CA that keeps an order until it is told to answer.
final class HeldAuthority: CertificateAuthority {
  private let base: TestAuthority
  private let state = Mutex<CheckedContinuation<Void, Never>?>(nil)

  init(_ base: TestAuthority) { self.base = base }

  var isHeld: Bool { state.withLock { $0 != nil } }

  func release() { state.withLock { $0 }?.resume() }

  func prepare(_ order: Order) async throws -> PreparedOrder { try await base.prepare(order) }

  func send(_ prepared: PreparedOrder) async -> AuthorityAnswer {
    await withCheckedContinuation { continuation in state.withLock { $0 = continuation } }
    return await base.send(prepared)
  }
}
