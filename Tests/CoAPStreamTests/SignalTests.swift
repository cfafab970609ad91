import CoAP
import CoAPStream
import NIOCore
import NIOEmbedded
import Testing

@Suite("Signals, RFC 8323 §5", .timeLimit(.minutes(1)))
struct SignalTests {
  @Test("The first message is our CSM with our limits")
  func settingsFirst() async throws {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumMessageBytes = 1300
    let peer = try await Peer(configuration: configuration, settings: nil)
    let first = try await peer.receive()
    #expect(first.code == .csm && first.uint(.maxMessageSize) == 1300)
    #expect(first.value(of: .blockWiseTransfer) == [])
  }

  @Test("A peer whose first message is no CSM is told so and left")
  func noSettings() async throws {
    let peer = try await Peer(settings: nil)
    let server = peer.run()
    #expect(try await peer.receive().code == .csm)
    try await peer.send(CoAPMessage(code: .get, token: Token(1)))
    #expect(try await peer.receive().code == .abort)
    #expect(await failure(of: server) == .protocolViolation("the first message was no CSM"))
  }

  @Test("A peer that sends no CSM in time is left")
  func lateSettings() async throws {
    let peer = try await Peer(settings: nil)
    let server = peer.run()
    #expect(try await peer.receive().code == .csm)
    await peer.advance(by: .seconds(10))
    #expect(try await peer.receive().code == .abort)
    #expect(await failure(of: server) == .protocolViolation("no CSM came"))
  }

  @Test("A Ping is answered with its token")
  func ping() async throws {
    let peer = try await Peer()
    try await peer.send(CoAPMessage(code: .ping, token: Token(9)))
    #expect(try await peer.receive() == CoAPMessage(code: .pong, token: Token(9)))
  }

  @Test("Silence is answered with a Ping; silence after that ends the connection")
  func keepAlive() async throws {
    let peer = try await Peer()
    let server = peer.run()
    let request = try await peer.begin(timeout: .seconds(100))
    await peer.advance(by: .seconds(29))
    #expect(try await peer.isQuiet())
    await peer.advance(by: .seconds(1))
    #expect(try await peer.receive().code == .ping)
    await peer.advance(by: .seconds(10))
    #expect(await failure(of: request.answer) == .peerSilent)
    #expect(await failure(of: server) == .peerSilent)
  }

  @Test("Anything that comes in is a sign of life")
  func signsOfLife() async throws {
    let peer = try await Peer()
    for _ in 0..<5 {
      await peer.advance(by: .seconds(30))
      #expect(try await peer.receive().code == .ping)
      await peer.advance(by: .seconds(9))
      try await peer.send(CoAPMessage(code: .pong))
    }
    for _ in 0..<10 {
      await peer.advance(by: .seconds(20))
      try await peer.send(CoAPMessage(code: .empty))
    }
    #expect(try await peer.isQuiet())
    #expect(await peer.connection.counters().pings == 5)
  }

  @Test("After a Release of the peer, what is under way ends and nothing new begins")
  func releaseByPeer() async throws {
    let peer = try await Peer()
    let gate = Gate()
    let server = peer.run { _ in
      await gate.pass()
      return .response(.changed)
    }
    let request = try await peer.begin()
    try await peer.send(CoAPMessage(code: .post, token: Token(1)))
    await gate.crowd(of: 1)
    try await peer.send(CoAPMessage(code: .release))
    await #expect(throws: CoAPConnectionError.closed) {
      try await peer.connection.request(.request(.get, "a"), timeout: .seconds(1))
    }
    try await peer.send(CoAPMessage(code: .content, token: request.sent.token))
    #expect(try await request.answer.value.code == .content)
    #expect(peer.channel.isActive)
    await gate.open()
    #expect(try await peer.receive().code == .changed)
    try await server.value
    #expect(!peer.channel.isActive)
  }

  @Test("Our close is a Release, and does not wait longer than it may")
  func releaseByUs() async throws {
    let peer = try await Peer()
    let server = peer.run()
    let request = try await peer.begin(timeout: .seconds(100))
    let connection = peer.connection
    let closing = Task { await connection.close() }
    #expect(try await peer.receive().code == .release)
    #expect(peer.channel.isActive)
    await peer.advance(by: .seconds(5))
    await closing.value
    #expect(await failure(of: request.answer) == .closed)
    try await server.value
  }

  @Test("With nothing under way, our close closes at once")
  func idleClose() async throws {
    let peer = try await Peer()
    await peer.connection.close()
    #expect(try await peer.receive().code == .release)
    #expect(!peer.channel.isActive)
    await peer.connection.close()
  }

  @Test("An Abort of ours tells the peer why, and ends our side without complaint")
  func abortByUs() async throws {
    let peer = try await Peer()
    let server = peer.run()
    async let end: Void = peer.connection.abort("another gateway of this name connected")
    let message = try await peer.receive()
    #expect(message == .problem(.abort, "another gateway of this name connected"))
    _ = await end
    try await server.value
  }

  @Test("An Abort of the peer ends everything with its sentence")
  func abortByPeer() async throws {
    let peer = try await Peer()
    let server = peer.run()
    let request = try await peer.begin()
    try await peer.send(.problem(.abort, "out of memory"))
    #expect(await failure(of: request.answer) == .aborted("out of memory"))
    #expect(await failure(of: server) == .aborted("out of memory"))
  }

  @Test("A critical option in a signal, which nobody can know, ends the connection and is named")
  func criticalOption() async throws {
    let peer = try await Peer()
    var settings = CoAPMessage(code: .csm)
    settings.add(OptionNumber(rawValue: 9))
    try await peer.send(settings)
    let abort = try await peer.receive()
    #expect(abort.code == .abort && abort.uint(.badCSMOption) == 9)
    #expect(!peer.channel.isActive)
  }

  @Test("A signal nobody knows is ignored and counted; so is the empty message, uncounted")
  func unknownSignal() async throws {
    let peer = try await Peer()
    try await peer.send(CoAPMessage(code: Code(7, 30)))
    try await peer.send(CoAPMessage(code: .empty))
    #expect(try await peer.isQuiet() && peer.channel.isActive)
    #expect(await peer.connection.counters().unknownSignals == 1)
  }
}
