import Foundation
import ManagerBench
import Synchronization
import Testing

@testable import Manager

@Suite("The enrolment engine")
struct EnrolmentEngineTests {
  @Test("A device that calls, is approved and does its part ends active, with one certificate for its one key")
  func enrols() async throws {
    let rig = try Rig("D1")
    let life = try Life(rig)
    try await life.run { life in
      try await life.register()
      #expect(try await life.state() == .pending)
      try await life.approve()
      try await eventually("delivered") { try await life.state() == .delivered }
      try await life.report()
      #expect(try await life.state() == .active)
    }
    #expect(
      rig.story.withLock { $0 } == [
        ">pending", "pending>approved", "approved>csr-requested", "csr-requested>ordered", "ordered>delivered",
        "delivered>active",
      ])
    try await expectOneActiveCertificate(rig)
  }

  @Test("A device known beforehand goes on at its first call")
  func knownBeforehand() async throws {
    let rig = try Rig("D1")
    let life = try Life(rig)
    try await life.run { life in
      try await life.ledger.commit(
        .addDevice(rig.device.id, model: nil, thumbprint: rig.device.key.thumbprint), by: .administrator("admin"))
      try await life.register()
      try await eventually("delivered") { try await life.state() == .delivered }
    }
  }

  @Test(
    "The store failing at any write, before or after it took effect, ends in the same: one active certificate",
    arguments: FailingStore.Moment.allCases)
  func everyWriteFails(_ moment: FailingStore.Moment) async throws {
    var failing = 1
    while try await survives(failing, moment) { failing += 1 }
    // Meeting, approval, call, order, sending, issue, delivery and report are one write each; the last round had none to fail.
    #expect(failing > 8)
  }

  /// - Returns: whether there was such a write.
  private func survives(_ failing: Int, _ moment: FailingStore.Moment) async throws -> Bool {
    let rig = try Rig("D1")
    let store = Mutex<FailingStore?>(nil)
    let broken = try Life(rig) { base in
      let failing = FailingStore(base, failing: failing, moment)
      store.withLock { $0 = failing }
      return failing
    }
    try await broken.run { life in
      // Until the write has failed; then the process dies.
      _ = try await poll("write \(failing) fails, or there is none") {
        let isActive = (try? await life.stride()) == true
        return isActive || store.withLock { $0?.hasFailed == true } ? true : nil
      }
    }
    // Another process finds what is on the disk.
    let life = try Life(rig)
    try await life.run { try await $0.pursue() }
    try await expectOneActiveCertificate(rig, "write \(failing) failed \(moment)")
    #expect(rig.authority.issuedCount == 1, "write \(failing) failed \(moment)")
    return store.withLock { $0?.hasFailed == true }
  }

  @Test("Dropped and made anew in every state, the engine goes on to the end")
  func restarts() async throws {
    for stop in [DeviceState.approved, .csrRequested, .ordered, .delivered] {
      let rig = try Rig("D1")
      let first = try Life(rig)
      try await first.run { life in
        try await life.register()
        try await life.approve()
        try await eventually("\(stop)") {
          rig.story.withLock { story in story.contains { $0.hasSuffix(">\(stop.rawValue)") } }
        }
      }
      let second = try Life(rig)
      try await second.run { try await $0.pursue() }
      try await expectOneActiveCertificate(rig, "stopped at \(stop)")
      #expect(rig.authority.issuedCount == 1)
    }
  }

  @Test("The CA being away delays and loses nothing; the order keeps its transaction")
  func authorityAway() async throws {
    let rig = try Rig("D1")
    rig.authority.answer(
      .later(atLeast: .zero, "down"), .later(atLeast: .seconds(120), "busy"), .later(atLeast: .zero, "down"))
    let life = try Life(rig)
    try await life.run { life in
      try await life.register()
      try await life.approve()
      try await life.pursue()
    }
    #expect(rig.authority.sentCount == 4)
    #expect(rig.authority.issuedCount == 1)
    try await expectOneActiveCertificate(rig)
  }

  @Test("What the CA refuses is held and shown; tried again, it is a new order")
  func authorityRefuses() async throws {
    let rig = try Rig("D1")
    rig.authority.answer(.refused("profile-unknown: There is no such certificate profile."))
    let life = try Life(rig)
    try await life.run { life in
      try await life.register()
      try await life.approve()
      try await eventually("held") { try await life.device()?.problem?.held == true }
      #expect(try await life.device()?.problem?.code == .authorityRefused)
      #expect(try await life.device()?.problem?.detail.hasPrefix("profile-unknown") == true)
      try await life.ledger.commit(.retryDevice(rig.device.id), by: .administrator("admin"))
      await life.engine.wake(rig.device.id, .demand)
      try await life.pursue()
    }
    try await expectOneActiveCertificate(rig)
  }

  @Test("A device that refuses its certificate is shown with its reason, and gets it when it has come to its senses")
  func deviceRefuses() async throws {
    let rig = try Rig("D1")
    rig.device.refuse(12, "validity")
    let life = try Life(rig)
    try await life.run { life in
      try await life.register()
      try await life.approve()
      try await eventually("refused") { try await life.device()?.problem?.code == .deviceRefusedCertificate }
      #expect(try await life.device()?.problem?.detail == "validity (reason 12, 4.22)")
      let page = try await life.store.certificates(of: nil, in: nil, after: nil, limit: 10)
      #expect(page.items.first?.refusal == "validity (reason 12, 4.22)")
      try await life.pursue()
    }
    try await expectOneActiveCertificate(rig)
  }

  @Test("Asked to enrol again, an active device with the same key keeps its certificate")
  func sameKeySameCertificate() async throws {
    let rig = try Rig("D1")
    let life = try Life(rig)
    try await life.run { life in
      try await life.pursue()
      let serial = try await life.serial()
      try await life.ledger.commit(.retryDevice(rig.device.id), by: .administrator("admin"))
      await life.engine.wake(rig.device.id, .demand)
      try await eventually("not active") { try await life.state() == .delivered }
      try await life.pursue()
      #expect(try await life.serial() == serial)
    }
    #expect(rig.authority.issuedCount == 1)
    #expect(rig.device.requestsSigned == 2)
    try await expectOneActiveCertificate(rig)
  }

  @Test("A certificate with two thirds of its life behind it is renewed, and the old one superseded")
  func renewal() async throws {
    let rig = try Rig("D1")
    let life = try Life(rig)
    try await life.run { life in
      try await life.pursue()
      let serial = try await life.serial()
      try await life.engine.renewDue(limit: 10)
      #expect(try await life.state() == .active)
      rig.clock.advance(by: .seconds(280 * 86_400))
      try await life.engine.renewDue(limit: 10)
      try await eventually("renewing") { try await life.state() != .active }
      try await life.pursue()
      #expect(try await life.serial() != serial)
      #expect(try await life.store.certificates(serial: serial ?? "").first?.state == .superseded)
    }
    #expect(rig.authority.issuedCount == 2)
  }

  @Test("An active device that was reset gets no certificate for its new key on its own word")
  func resetDevice() async throws {
    let rig = try Rig("D1")
    let life = try Life(rig)
    try await life.run { life in
      try await life.pursue()
      rig.device.reset()
      rig.clock.advance(by: .seconds(60))
      try await life.register()
      try await eventually("refused") { try await life.device()?.problem?.code == .deviceRefusedCertificate }
      #expect(try await life.state() == .active)
      #expect(rig.device.requestsSigned == 0)
    }
    #expect(rig.authority.issuedCount == 1)
  }

  @Test("An active device that says nothing new costs one look at the store, and wakes nobody")
  func heartbeat() async throws {
    let rig = try Rig("D1")
    let counting = Mutex<FailingStore?>(nil)
    let life = try Life(rig) { base in
      let store = FailingStore(base)
      counting.withLock { $0 = store }
      return store
    }
    try await life.run { life in
      try await life.pursue()
      rig.clock.advance(by: .seconds(60))
      try await life.register()
      let store = counting.withLock { $0! }
      try await eventually("the engine rests") { await life.engine.isIdle }
      let before = store.reads
      try await life.register()
      #expect(await life.engine.isIdle)
      #expect(store.reads - before == 1)
    }
  }

  /// Exactly one active certificate, and it is the device's own.
  private func expectOneActiveCertificate(_ rig: Rig, _ note: Comment = "") async throws {
    let store = try rig.openStore()
    let all = try await store.certificates(of: .device(rig.device.id), in: nil, after: nil, limit: 100).items
    let active = all.filter { $0.state == .active }
    #expect(active.count == 1, note)
    #expect(active.first?.der == rig.device.certificate, note)
    #expect(Set(all.map(\.key)).count == 1, note)
    #expect(try await store.device(rig.device.id)?.state == .active, note)
    try store.close()
  }
}
