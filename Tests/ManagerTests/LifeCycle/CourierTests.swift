import Foundation
import ManagerBench
import MockCA
import PKI
import Synchronization
import Testing

@testable import Manager

@Suite("The CA is told what was revoked here")
struct CourierTests {
  /// A CA as the courier sees it.
  final class Scripted: RevocationTeller {
    private struct State {
      var answers: [RevocationAnswer] = []
      var asked: [OrderID] = []
      var isHung = false
    }
    private let state = Mutex(State())
    var asked: [OrderID] { state.withLock { $0.asked } }
    func answer(_ answers: RevocationAnswer...) { state.withLock { $0.answers = answers } }
    func hang() { state.withLock { $0.isHung = true } }

    func tell(_ revocation: RevocationRecord, of certificate: CertificateRecord) async -> RevocationAnswer {
      let answer: RevocationAnswer? = state.withLock { state in
        state.asked.append(revocation.transaction)
        return state.isHung ? nil : state.answers.isEmpty ? .revoked : state.answers.removeFirst()
      }
      if let answer { return answer }
      try? await Task.sleep(for: .seconds(3600))
      return .later(atLeast: .zero, "cancelled")
    }
  }

  private func withdrawn(_ rig: Rig) async throws -> Holder {
    try await Life(rig).run { life in
      try await life.pursue()
      try await life.ledger.commit(
        .stepDevice(rig.device.id, .revoke, reason: .keyCompromise), by: .administrator("admin"))
    }
    return .device(rig.device.id)
  }

  @Test(
    "Told again until it acknowledges: at once, then after as long as it has taken yet, and at least as long as it asks for"
  )
  func backOff() async throws {
    let rig = try Rig("D1")
    let holder = try await withdrawn(rig)
    let store = try rig.openStore()
    let (teller, ledger) = (Scripted(), rig.ledger(store))
    let courier = RevocationCourier(ledger: ledger, teller: teller, logger: .silent)
    let start = rig.clock.now
    teller.answer(
      .later(atLeast: .zero, "busy"), .later(atLeast: .zero, "busy"), .refused("no such certificate"),
      .later(atLeast: .seconds(400), "full"))
    var times: [TimeInterval] = []
    for _ in 0..<1_200 where try await store.nextRevocationTry() != nil {
      let before = teller.asked.count
      try await courier.deliver()
      if teller.asked.count > before { times.append(rig.clock.now.timeIntervalSince(start)) }
      rig.clock.advance(by: .seconds(1))
    }
    #expect(times == [0, 1, 2, 302, 702])
    #expect(Set(teller.asked).count == 1)
    let record = try #require(try await store.revocations(of: holder).first)
    #expect(record.toldAt == start + 702 && record.trouble == nil)
    let rows = try await store.audit(after: nil, limit: 500).items.filter { $0.action == "revocation-told" }
    #expect(rows.count == 1)
  }

  @Test(
    "Killed between the state and the CA's answer, and between that and its record: told after the restart, recorded once"
  )
  func killed() async throws {
    let rig = try Rig("D1")
    let holder = try await withdrawn(rig)
    let teller = Scripted()
    // The CA hangs; the process ends.
    teller.hang()
    let first = try rig.openStore()
    let courier = RevocationCourier(ledger: rig.ledger(first), teller: teller, logger: .silent)
    let task = Task { try await courier.run() }
    try await eventually("the CA is asked") { teller.asked.count == 1 }
    task.cancel()
    _ = await task.result
    #expect(try await first.revocations(of: holder).first?.toldAt == nil)
    try first.close()
    // The CA answers; the record of it fails, before or after it is written.
    for moment in FailingStore.Moment.allCases {
      let store = try rig.openStore()
      let again = Scripted()
      let failing = FailingStore(store, failing: 1, moment)
      let courier = RevocationCourier(ledger: rig.ledger(failing), teller: again, logger: .silent)
      await #expect(throws: FailingStore.PowerCut.self) { try await courier.deliver() }
      #expect(again.asked == Array(teller.asked.prefix(1)))
      try store.close()
    }
    let store = try rig.openStore()
    let last = Scripted()
    try await RevocationCourier(ledger: rig.ledger(store), teller: last, logger: .silent).deliver()
    #expect(last.asked.isEmpty)
    #expect(try await store.revocations(of: holder).map { $0.toldAt == nil } == [false])
    let rows = try await store.audit(after: nil, limit: 500).items.filter { $0.action == "revocation-told" }
    #expect(rows.count == 1)
  }

  @Test("A CA that does not answer is left alone after three tries, and the others' turn comes with the next round")
  func manyAtOnce() async throws {
    let rig = try Rig("D1", "D2", "D3", "D4", "D5")
    let store = try rig.openStore()
    let ledger = rig.ledger(store)
    for id in rig.devices.keys {
      let key = SigningKey()
      let request = try CertificationRequest(
        subject: Subject(organization: "plant", serialNumber: id.text, commonName: id.text), key: key)
      let order = Order(
        id: .fresh(), holder: .device(id), profile: "device", key: KeyDigest(sha256: request.keyDigest),
        request: request.derBytes, createdAt: rig.clock.now)
      try await store.force(id, into: .csrRequested)
      try await ledger.commit(.placeOrder(id, order), by: .manager)
      let record = try CertificateRecord(
        try rig.authority.issue(request), for: order, state: .issued, now: rig.clock.now)
      try await ledger.commit(.issue(record), by: .manager)
      try await ledger.commit(.stepDevice(id, .revoke), by: .manager)
    }
    let teller = Scripted()
    let courier = RevocationCourier(ledger: ledger, teller: teller, logger: .silent)
    teller.answer(
      .later(atLeast: .zero, "away"), .later(atLeast: .zero, "away"), .later(atLeast: .zero, "away"))
    try await courier.deliver()
    #expect(teller.asked.count == 3)
    try await courier.deliver()
    #expect(teller.asked.count == 5)
    rig.clock.advance(by: .seconds(1))
    try await courier.deliver()
    #expect(teller.asked.count == 8 && Set(teller.asked).count == 5)
    #expect(try await store.nextRevocationTry() == nil)
  }
}
