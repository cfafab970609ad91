import Edge
import Foundation
import ManagerBench
import PKI
import Testing

@testable import Manager

@Suite("A manager with nothing to do rests")
struct RestTests {
  @Test("Each wait for the CA lasts its whole time, not only the first")
  func identity() async throws {
    let clock = VirtualClock()
    let identity = RegistrationAuthorityIdentity()
    let waits = Tally<String>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          // What is tested, on a clock that the test moves.
          try await identity.sleep(for: .seconds(10), by: clock)
          waits.add("over")
        }
      }
      defer { group.cancelAll() }
      for round in 0..<5 {
        try await eventually("it sleeps") { clock.sleeperCount == 1 }
        #expect(waits.counts["over", default: 0] == round)
        clock.advance(by: .seconds(10))
        try await eventually("it woke") { waits.counts["over", default: 0] > round }
      }
    }
  }

  @Test("A refusal ends such a wait, the second one too")
  func refusal() async throws {
    let rig = try Rig()
    let identity = RegistrationAuthorityIdentity()
    for _ in 0..<2 {
      let key = SigningKey()
      let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
      identity.replace(
        key: key, certificate: try rig.authority.issue(request, profile: .registrationAuthority).certificate)
      // On a clock that stands still: only the refusal can end it.
      let wait = Task { try await identity.sleep(for: .seconds(3600), by: rig.clock) }
      identity.refused(identity.current?.certificate, "It is revoked.")
      try await wait.value
    }
  }

  @Test("With nothing to tell the CA, the store is asked once a minute")
  func courier() async throws {
    let rig = try Rig()
    let store = FailingStore(try rig.openStore())
    let courier = RevocationCourier(ledger: rig.ledger(store), teller: CourierTests.Scripted(), logger: .silent)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await courier.run() }
      defer { group.cancelAll() }
      for round in 1...5 {
        try await eventually("it sleeps") { rig.clock.sleeperCount == 1 }
        #expect(store.looksForRevocations == round)
        rig.clock.advance(by: .seconds(60))
        try await eventually("it woke") { store.looksForRevocations > round }
      }
    }
  }
}
