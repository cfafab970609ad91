import CoAP
import Crypto
import DeviceKit
import PKI
import SessionPeer
import Testing
import Trust

@Suite("A manager's key was stolen, and a later descriptor is without it")
struct StolenManagerTests {
  private let network = TestNetwork()
  private let next = AgreementKey()

  /// A certified device in a session with whoever holds the descriptor's key.
  private func certified() throws -> Bench {
    let bench = Bench()
    try bench.restart()
    _ = try bench.enrol(network)
    bench.linkDidComeUp()
    bench.now = try #require(bench.deadline)
    bench.answer(try #require(bench.nextRequest()), .changed)
    return bench
  }

  /// Brings the descriptor under the session in force, which the one who brings it notices nothing of.
  private func replaceKey(_ bench: Bench) throws {
    var message = TestMessage(
      .put, "trust", .coseSign1,
      network.sign {
        $0.epoch += 1
        $0.replace(managerKey: next.coordinates)
      })
    message.echo = try #require(bench.askOnce(message)?.echo)
    #expect(bench.askOnce(message)?.code == .changed)
  }

  /// Whether the device obeys a request that is protected with what this end holds.
  private func obeys(_ bench: Bench, _ end: ManagerEnd) throws -> Bool {
    let status = try end.protect(request: TestMessage(.get, "status").frame)
    let answer = bench.handle(status.frame)
    guard TestMessage(parsing: answer)?.code != .unauthorized else { return false }
    return try !end.open(answer: answer, to: status.binding).isEmpty
  }

  @Test("The session made with it ends with the answer, and the new key's holder has the next one at once, by name")
  func session() throws {
    let bench = try certified()
    #expect(try obeys(bench, bench.manager))
    try replaceKey(bench)
    #expect(try !obeys(bench, bench.manager))
    let thief = bench.manager
    bench.manager = try ManagerEnd(key: next, knowing: thief.devicePublicKey)
    #expect(bench.deadline == bench.now)
    #expect(bench.nextRequest()?.path == "register")
    #expect(!bench.manager.gotCredentialByValue)
    #expect(try obeys(bench, bench.manager))
    #expect(try !obeys(bench, thief))
  }

  @Test("A handshake that its thief has begun is of no use to him", arguments: [false, true])
  func handshake(isThirdMessageOut: Bool) throws {
    let bench = try certified()
    // The device is made to begin another one, which the thief answers.
    bench.now = try #require(bench.deadline)
    var lost = try #require(bench.nextFrame().flatMap(TestMessage.init(parsing:)))
    (lost.code, lost.payload) = (.unauthorized, [])
    _ = bench.handle(lost.frame)
    bench.now = try #require(bench.deadline)
    let greeting = try #require(bench.nextFrame().flatMap(TestMessage.init(parsing:)))
    #expect(greeting.path == ".well-known/edhoc")
    let thief = try ManagerEnd(key: network.managerKey, knowing: bench.manager.devicePublicKey)
    var answer = TestMessage(.changed)
    answer.token = greeting.token
    answer.payload = try thief.answerGreeting(greeting.payload)
    _ = bench.handle(answer.frame)
    if isThirdMessageOut {
      bench.now = try #require(bench.deadline)
      _ = try thief.open(request: try #require(bench.nextFrame()))
    }
    try replaceKey(bench)
    if isThirdMessageOut { #expect(try !obeys(bench, thief)) }
    bench.manager = try ManagerEnd(key: next, knowing: thief.devicePublicKey)
    #expect(bench.status?[7] == .uint(UInt64(network.terms.epoch + 1)))
  }

  @Test("The descriptor in force, brought again, ends nothing")
  func sameAgain() throws {
    let bench = try certified()
    let sessions = bench.manager.sessions
    #expect(bench.ask(.put, "trust", .coseSign1, network.descriptor)?.code == .changed)
    #expect(try obeys(bench, bench.manager))
    #expect(bench.manager.sessions == sessions)
  }
}
