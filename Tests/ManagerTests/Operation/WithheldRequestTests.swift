import Foundation
import PKI
import Synchronization
import Testing

@testable import Manager

@Suite("Requests to a CA that does not answer")
struct WithheldRequestTests {
  private let authority: TestAuthority
  init() throws { authority = try TestAuthority(now: Date()) }

  @Test("Five answers of status 500 keep the sixth request here; the next after the pause brings the CA back")
  func withheld() async throws {
    let ca = ScriptedCA(authority: authority)
    let time = Mutex(ContinuousClock.now)
    let breaker = CircuitBreaker(now: { time.withLock { $0 } }, spread: { $0 })
    let meter = ManagerMeter()
    let calls = Mutex(0)
    try await ca.serving { [authority] url in
      let client = try AuthorityClient(url: url, anchors: [authority.anchor], breaker: breaker, meter: meter)
      func call() async throws -> UInt {
        try await client.post("device/fullcmc", type: "application/pkcs7-mime", body: message(authority)).status
      }
      ca.answer { _ in
        calls.withLock { $0 += 1 }
        return ScriptedCA.Reply(status: 503)
      }
      for _ in 0..<5 { #expect(try await call() == 503) }
      await #expect(throws: ManagerError(.unreachable, "")) { _ = try await call() }
      #expect(calls.withLock { $0 } == 5)
      time.withLock { $0 += .seconds(2) }
      ca.answer { _ in ScriptedCA.Reply(status: 200) }
      #expect(try await call() == 200)
      #expect(breaker.condition == .closed)
      #expect(meter.authorityRequests.counts == [.failed: 5, .withheld: 1, .answered: 1])
      #expect(meter.authorityDurations.reading.counts.reduce(0, +) == 6)
      try await client.shutdown()
    }
  }

  @Test("A refusal is an answer: a CA that refuses everything is asked every time")
  func refusals() async throws {
    let ca = ScriptedCA(authority: authority)
    let breaker = CircuitBreaker()
    try await ca.serving { [authority] url in
      let client = try AuthorityClient(url: url, anchors: [authority.anchor], breaker: breaker)
      ca.answer { _ in ScriptedCA.Reply(status: 403) }
      for _ in 0..<8 {
        _ = try await client.post("device/fullcmc", type: "application/pkcs7-mime", body: message(authority))
      }
      #expect(breaker.condition == .closed)
      try await client.shutdown()
    }
  }

  @Test("Nobody there is a failure as well, and the wait for it ends at once from then on")
  func nobody() async throws {
    let breaker = CircuitBreaker()
    let client = try AuthorityClient(url: "https://127.0.0.1:1", anchors: [authority.anchor], breaker: breaker)
    for _ in 0..<5 { await #expect(throws: ManagerError(.unreachable, "")) { _ = try await client.certificates() } }
    let error = await #expect(throws: ManagerError(.unreachable, "")) { _ = try await client.certificates() }
    #expect(error?.reason.hasPrefix("The CA did not answer 5 times in a row") == true)
    try await client.shutdown()
  }

  private func message(_ authority: TestAuthority) throws -> [UInt8] {
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
    let issued = try authority.issue(request, profile: .registrationAuthority)
    return try CMCRequest(transaction: .random(), certificationRequest: request).signed(
      with: key, certificate: issued.certificate, issuers: [], at: Date())
  }
}
