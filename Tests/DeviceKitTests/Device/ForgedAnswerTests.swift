import CoAP
import Crypto
import SessionPeer
import Testing

@testable import DeviceKit
@testable import OSCORE

@Suite("What others say to a device in its manager's stead")
struct ForgedAnswerTests {
  private func provisioned() throws -> Bench {
    let bench = Bench()
    try bench.restart()
    #expect(bench.provision(TestNetwork())?.code == .changed)
    return bench
  }

  private func spoilt(_ frame: [UInt8]) -> [UInt8] { frame.dropLast() + [frame[frame.count - 1] ^ 1] }

  /// Lets time pass to the deadline.
  private func nextFrame(_ bench: Bench) throws -> TestMessage {
    bench.now = max(bench.now, try #require(bench.deadline))
    let frame = try #require(bench.nextFrame())
    return try #require(TestMessage(parsing: frame))
  }

  @Test("A protected answer that is not the manager's ends neither handshake nor request: the manager's still counts")
  func protectedAnswers() throws {
    let bench = try provisioned()
    for sessions in 1...2 {
      // The first registration completes the handshake, the second one goes by its session.
      bench.now = max(bench.now, try #require(bench.deadline))
      let register = try #require(bench.nextRequest())
      let deadline = bench.deadline
      let answer = try bench.protectAnswer(to: register, .changed)
      for _ in 0..<3 {
        _ = bench.handle(spoilt(answer))
        #expect(bench.deadline == deadline)
        #expect(bench.nextFrame() == nil)
      }
      _ = bench.handle(answer)
      #expect(bench.deadline == bench.now + 10_000)
      #expect(bench.manager.sessions == 1, "registration \(sessions)")
    }
  }

  @Test("2²⁰ forgeries end the session, and the device makes the next one by itself")
  func exhausted() throws {
    let bench = try provisioned()
    let register = try #require(bench.nextRequest())
    bench.answer(register, .changed)
    bench.device.session.current?.failures = OSCOREContext.maxFailures - 1
    let status = try bench.manager.protect(request: TestMessage(.get, "status").frame).frame
    #expect(TestMessage(parsing: bench.handle(spoilt(status)))?.code == .badRequest)
    #expect(TestMessage(parsing: bench.handle(status))?.code == .unauthorized)
    let due = try #require(bench.deadline)
    for _ in 0..<3 where bench.manager.sessions == 1 {
      bench.now = try #require(bench.deadline)
      _ = bench.nextRequest()
    }
    #expect(bench.manager.sessions == 2)
    #expect(bench.now - due <= 3_000)
    #expect(bench.askOnce(TestMessage(.get, "status"))?.code == .content)
  }

  @Test("Whoever ends the link again and again, and refuses besides, has no more handshakes than one a pause")
  func linkRestarts() throws {
    for refuses in [true, false] {
      let bench = try provisioned()
      bench.linkDidComeUp()
      var greetings = 0
      for moment in stride(from: bench.now, through: bench.now + 120_000, by: 500) {
        bench.now = moment
        if let frame = bench.nextFrame(), let greeting = TestMessage(parsing: frame) {
          #expect(greeting.path == ".well-known/edhoc")
          greetings += 1
          var answer = TestMessage(.unauthorized)
          answer.token = greeting.token
          if refuses { _ = bench.handle(answer.frame) }
        }
        bench.linkDidComeUp()
      }
      // At 0, 1, 3, 7, 15, 31, 63 s, and 60 s later.
      #expect(greetings == 7, "refuses: \(refuses)")
    }
  }

  @Test("No session that is being made goes by the name of the one in force")
  func connectionIdentifiers() throws {
    let bench = try provisioned()
    let inForce = try nextFrame(bench)
    var answer = TestMessage(.changed)
    answer.token = inForce.token
    answer.payload = try bench.manager.answerGreeting(inForce.payload)
    _ = bench.handle(answer.frame)
    let register = try #require(bench.nextRequest())
    bench.answer(register, .changed)
    for number in 0..<60 {
      let frame = try nextFrame(bench)
      if frame.path == ".well-known/edhoc" { #expect(frame.payload.last != inForce.payload.last, "\(number)") }
      var refusal = TestMessage(.unauthorized)
      refusal.token = frame.token
      _ = bench.handle(refusal.frame)
    }
    #expect(bench.askOnce(TestMessage(.get, "status"))?.code == .content)
  }
}
