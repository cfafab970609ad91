import CoAP
import Crypto
import DeviceKit
import OSCORE
import SessionPeer
import Testing

@Suite("A device's session with its manager")
struct SessionTests {
  private func provisioned() throws -> (Bench, TestNetwork) {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    #expect(bench.provision(network)?.code == .changed)
    return (bench, network)
  }

  /// Lets time pass to the deadline.
  private func nextFrame(_ bench: Bench) throws -> TestMessage {
    bench.now = max(bench.now, try #require(bench.deadline))
    let frame = try #require(bench.nextFrame())
    return try #require(TestMessage(parsing: frame))
  }

  @Test("The bootstrap key is made at the first boot, and neither a restart nor a reset makes another")
  func bootstrapKey() throws {
    let bench = Bench()
    try bench.restart()
    let key = try #require(bench.keys.agreementKeys[0x1000]).rawRepresentation
    let network = TestNetwork()
    _ = try bench.enrol(network)
    let made = try #require(bench.keys.agreementKeys[0x1000]).publicKey.rawRepresentation
    #expect(bench.manager.devicePublicKey == Array(made))
    #expect(bench.ask(.post, "reset")?.code == .changed)
    try bench.restart()
    #expect(bench.keys.agreementKeys[0x1000]?.rawRepresentation == key)
  }

  @Test("Without entropy there is no bootstrap key and no first message, and with it there is one after the next start")
  func noEntropy() throws {
    let bench = Bench()
    bench.keys.hasEntropy = false
    try bench.restart()
    #expect(bench.keys.agreementKeys.isEmpty)
    bench.provision(TestNetwork())
    bench.now = bench.deadline ?? 0
    #expect(bench.nextFrame() == nil)
    bench.keys.hasEntropy = true
    try bench.restart()
    #expect(bench.keys.agreementKeys.count == 1)
    #expect(try nextFrame(bench).path == ".well-known/edhoc")
  }

  @Test("Once it has a network, a device says nothing in clear but that it does not")
  func unprotectedRequests() throws {
    let (bench, network) = try provisioned()
    for (code, path) in [
      (Code.get, "id"), (.get, "status"), (.post, "csr"), (.put, "crt"), (.post, "reset"), (.get, "x"),
    ] {
      let answer = bench.askInClear(TestMessage(code, path))
      #expect(answer?.code == .unauthorized, "\(path)")
      #expect(answer?.payload.isEmpty == true)
      #expect(answer?.echo == nil)
    }
    #expect(bench.state == .provisioned)
    #expect(bench.requestCSR(network)?.code == .changed)
  }

  @Test("What changes the state needs an Echo that is not older than 30 s; what does not, needs none")
  func echo() throws {
    let (bench, network) = try provisioned()
    #expect(bench.askOnce(TestMessage(.get, "status"))?.code == .content)
    var message = TestMessage(.post, "csr", .cbor, TestCBOR.map([1: .text(network.name)]))
    let refusal = bench.askOnce(message)
    #expect(refusal?.code == .unauthorized)
    #expect(bench.keys.keys.isEmpty)
    message.echo = try #require(refusal?.echo)
    bench.now += 30_001
    #expect(bench.askOnce(message)?.code == .unauthorized)
    message.echo = try #require(bench.askOnce(message)?.echo)
    bench.now += 30_000
    #expect(bench.askOnce(message)?.code == .changed)
    for (code, path, format) in [
      (Code.post, "reset", nil), (.put, "trust", ContentFormat.coseSign1), (.put, "crt", .certsOnly),
    ] {
      #expect(bench.askOnce(TestMessage(code, path, format, [0]))?.code == .unauthorized, "\(path)")
    }
  }

  @Test("The credential goes whole until the manager has it, by name afterwards, and whole again when it is unknown")
  func credential() throws {
    let (bench, network) = try provisioned()
    _ = bench.requestCSR(network)
    #expect(bench.manager.gotCredentialByValue)
    let key = try #require(bench.identityKey)
    #expect(bench.deliver([network.leaf(Bench.serialNumber, key.publicKey), network.issuing])?.code == .changed)
    try bench.restart()
    #expect(try nextFrame(bench).path == ".well-known/edhoc")
    try bench.restart()
    #expect(bench.ask(.get, "status")?.code == .content)
    #expect(!bench.manager.gotCredentialByValue)
    #expect(bench.manager.sessions == 2)
  }

  @Test("An unknown name is answered by the whole credential, in the next handshake")
  func unknownName() throws {
    let (bench, network) = try provisioned()
    _ = bench.requestCSR(network)
    let key = try #require(bench.identityKey)
    #expect(bench.deliver([network.leaf(Bench.serialNumber, key.publicKey), network.issuing])?.code == .changed)
    try bench.restart()
    // The handshake by name, answered by EDHOC's error 3: unknown credential.
    var answer = TestMessage(.changed)
    let greeting = try nextFrame(bench)
    answer.token = greeting.token
    answer.payload = try bench.manager.answerGreeting(greeting.payload)
    _ = bench.handle(answer.frame)
    let combined = try nextFrame(bench)
    var error = TestMessage(.badRequest)
    error.token = combined.token
    error.payload = [0x03, 0xF5]
    _ = bench.handle(error.frame)
    #expect(bench.ask(.get, "status")?.code == .content)
    #expect(bench.manager.gotCredentialByValue)
  }

  @Test("A manager that is not the descriptor's gets no third message")
  func anotherManager() throws {
    let (bench, _) = try provisioned()
    bench.manager = try ManagerEnd()
    let greeting = try nextFrame(bench)
    #expect(greeting.path == ".well-known/edhoc")
    #expect(greeting.format == .cidEdhoc)
    var answer = TestMessage(.changed)
    answer.token = greeting.token
    answer.payload = try bench.manager.answerGreeting(greeting.payload)
    _ = bench.handle(answer.frame)
    #expect(try nextFrame(bench).path == ".well-known/edhoc")
    #expect(bench.now == 1000)
  }

  @Test("'Unknown session' from anybody costs one handshake a pause, and pauses double")
  func forgedRefusals() throws {
    let (bench, _) = try provisioned()
    bench.answer(try #require(bench.nextRequest()), .changed)
    bench.linkDidComeUp()
    var times: [UInt64] = []
    for _ in 0..<8 {
      let frame = try nextFrame(bench)
      times.append(bench.now)
      var answer = TestMessage(.unauthorized)
      answer.token = frame.token
      _ = bench.handle(answer.frame)
    }
    let pauses = zip(times.dropFirst(), times).map { $0 - $1 }
    #expect(pauses == [1000, 2000, 4000, 8000, 16000, 32000, 60000], "\(pauses)")
    // The session that everybody said was lost is not: the manager still has it.
    #expect(bench.askOnce(TestMessage(.get, "status"))?.code == .content)
  }

  @Test("A manager under load is brought its Echo at once, and a second demand is a refusal like any other")
  func challenge() throws {
    let (bench, _) = try provisioned()
    let echo: [UInt8] = [0x81, 2, 3, 4]
    let first = try nextFrame(bench)
    #expect(first.echo == nil)
    refuse(first, bench, echo: echo)
    let second = try nextFrame(bench)
    #expect(second.path == ".well-known/edhoc" && second.echo == echo && bench.now == 0)
    refuse(second, bench, echo: echo)
    let third = try nextFrame(bench)
    #expect(third.echo == nil && bench.now == 1000)
    // With the Echo that it was asked for it comes through.
    refuse(third, bench, echo: [7])
    let fourth = try nextFrame(bench)
    #expect(fourth.echo == [7] && bench.now == 1000)
    var answer = TestMessage(.changed)
    answer.token = fourth.token
    answer.payload = try bench.manager.answerGreeting(fourth.payload)
    _ = bench.handle(answer.frame)
    #expect(bench.ask(.get, "status")?.code == .content)
  }

  @Test("An Echo that is empty, zero or longer than four bytes is none, and one that was never answered is forgotten")
  func strangeChallenges() throws {
    let (bench, _) = try provisioned()
    for echo in [[], [0], [UInt8](repeating: 1, count: 5), [UInt8](repeating: 1, count: 40)] {
      let now = bench.now
      refuse(try nextFrame(bench), bench, echo: echo)
      #expect(try #require(bench.deadline) > now)
    }
    refuse(try nextFrame(bench), bench, echo: [7])
    #expect(try nextFrame(bench).echo == [7])
    bench.now = try #require(bench.deadline)
    #expect(bench.nextFrame() == nil, "no answer is only noticed now")
    #expect(try nextFrame(bench).echo == nil)
  }

  @Test("Whoever demands an Echo for ever makes the device greet twice a pause, and pauses double")
  func endlessChallenges() throws {
    let (bench, _) = try provisioned()
    var times: [UInt64] = []
    for round in 0..<16 {
      refuse(try nextFrame(bench), bench, echo: [UInt8(round + 1)])
      times.append(bench.now)
    }
    #expect(times == [0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000].flatMap { [$0, $0] })
  }

  private func refuse(_ frame: TestMessage, _ bench: Bench, echo: [UInt8]) {
    var answer = TestMessage(.unauthorized)
    answer.token = frame.token
    answer.echo = echo
    _ = bench.handle(answer.frame)
  }

  @Test("After the manager forgot, the next registration begins a new session")
  func managerRestarts() throws {
    let (bench, _) = try provisioned()
    bench.now = try #require(bench.deadline)
    let register = try #require(bench.nextRequest())
    bench.answer(register, .changed)
    bench.manager.restart()
    let lost = try nextFrame(bench)
    #expect(lost.path.isEmpty)
    var answer = TestMessage(.unauthorized)
    answer.token = lost.token
    _ = bench.handle(answer.frame)
    bench.now = try #require(bench.deadline)
    #expect(bench.nextRequest()?.path == "register")
    #expect(bench.manager.sessions == 2)
  }

  @Test("A request that comes again is refused, and does nothing")
  func replay() throws {
    let (bench, _) = try provisioned()
    #expect(bench.ask(.get, "status")?.code == .content)
    let echo = try #require(bench.askOnce(TestMessage(.post, "reset"))?.echo)
    var reset = TestMessage(.post, "reset")
    reset.echo = echo
    let frame = try bench.manager.protect(request: reset.frame).frame
    let status = try bench.manager.protect(request: TestMessage(.get, "status").frame).frame
    #expect(TestMessage(parsing: bench.handle(status))?.code == .changed)
    #expect(TestMessage(parsing: bench.handle(status))?.code == .unauthorized)
    _ = bench.handle(frame)
    #expect(bench.state == nil)
  }
}
