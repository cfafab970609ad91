import Foundation
import PKI
import Testing
import X509

@testable import MockCA

@Suite("Faults on demand")
struct FaultTests {
  @Test("Every form is read and written the same, and what is none is refused")
  func forms() {
    for text in [
      "reject", "reject@10", "delay=500", "later=30@50", "hang", "status=503", "wrong-key", "wrong-chain", "expired",
      "truncated", "oversized@1", "duplicate-serial",
    ] {
      #expect(Fault(text)?.description == text)
    }
    for text in [
      "", "rejects", "reject@0", "reject@101", "reject@", "reject=1", "delay", "delay=0", "delay=-1", "delay=x",
      "later",
      "status=200", "status=600", "hang=1", "@10", "=", "reject@1@2", "delay=600001",
    ] {
      #expect(Fault(text) == nil, "\(text)")
    }
  }

  @Test("A fault for some orders meets as many as it says")
  func chance() async throws {
    let ca = try TestCA()
    for (roll, met) in [(0, true), (9, true), (10, false), (99, false)] {
      let desk = FaultDesk([try #require(Fault("hang@10"))], store: ca.store, dice: { roll })
      #expect(await desk.next() == (met ? [.hang] : []))
    }
  }

  @Test("Each fault gives a registration authority what it must not fall for; without faults all is well again")
  func faults() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let clock = ca.clock
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      func order(_ serial: String) async throws -> (http: TestServer.Answer, answer: Result<Certificate, CMCFault>) {
        let request = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest(serial: serial))
        let http = try await server.order(ra.order(request, at: clock.now))
        do throws(CMCFault) {
          switch try await CMCAnswer(http.decoded, to: request, anchors: [ra.anchor], now: clock.now) {
          case .issued(let certificate, _): return (http, .success(certificate))
          case .notIssued(let status):
            #expect(status.reason == "fault-rejected")
            return (http, .failure(.answerNotOurs))
          }
        } catch {
          return (http, .failure(error))
        }
      }
      let first = try await order("A").answer.get()
      for (fault, status, expected) in [
        ("reject", 400, .answerNotOurs), ("status=502", 502, .messageMalformed), ("later=7", 202, .messageMalformed),
        ("wrong-key", 200, .certificateWrong), ("wrong-chain", 200, .signerNotAuthorised),
        ("expired", 200, .certificateWrong), ("truncated", 200, .messageMalformed),
        ("oversized", 200, .messageTooLong),
      ] as [(String, Int, CMCFault)] {
        try await MockCA.setFaults([try #require(Fault(fault))], directory: ca.directory)
        let (http, answer) = try await order("\(status)-\(fault.prefix(5))")
        #expect(http.status == status && answer == .failure(expected), "\(fault): \(http.status) \(answer)")
        if status == 202 { #expect(http.headers["retry-after"] == "7") }
      }
      try await MockCA.setFaults([try #require(Fault("duplicate-serial"))], directory: ca.directory)
      let double = try await order("B").answer.get()
      let known = try await ca.store.reader.read { try $0.order(serial: Array(double.serialNumber.bytes)) }
      #expect(try known?.certificate != double.der)
      try await MockCA.setFaults([try #require(Fault("delay=50"))], directory: ca.directory)
      let start = ContinuousClock.now
      #expect(try await order("C").answer.get() != first)
      #expect(ContinuousClock.now - start >= .milliseconds(50))
      try await MockCA.setFaults([], directory: ca.directory)
      #expect(try await order("D").answer.get() != first)
    }
    // What the CA really issued is what it has on record: one certificate an order that got so far.
    let issued = try await ca.store.auditRows().count { $0.event == "issued" && $0.profile == "device" }
    #expect(issued == 9)
  }
}
