import CoAP
import CoAPStream
import NIOCore
import NIOEmbedded
import Testing

@Suite("Requests of the peer", .timeLimit(.minutes(1)))
struct ServerTests {
  @Test("A request is answered with its token")
  func answer() async throws {
    let peer = try await Peer()
    let server = peer.run { request in
      .response(.content, contentFormat: .text, payload: Array(request.uriPath.joined(separator: "/").utf8))
    }
    var request = CoAPMessage.request(.get, "est/sen")
    request.token = Token(77)
    try await peer.send(request)
    let response = try await peer.receive()
    #expect(response.token == Token(77) && response.code == .content && response.contentFormat == .text)
    #expect(response.payload == Array("est/sen".utf8))
    try await peer.hangUp()
    try await server.value
  }

  @Test("Answers go out as they are ready, not in the order of the requests")
  func overtaking() async throws {
    let peer = try await Peer()
    let gate = Gate()
    let server = peer.run { request in
      if request.uriPath == ["slow"] { await gate.pass() }
      return .response(.content)
    }
    for (path, token) in [("slow", 1 as UInt32), ("fast", 2)] {
      var request = CoAPMessage.request(.get, path)
      request.token = Token(token)
      try await peer.send(request)
    }
    #expect(try await peer.receive().token == Token(2))
    await gate.open()
    #expect(try await peer.receive().token == Token(1))
    try await peer.hangUp()
    try await server.value
  }

  @Test("More requests at a time than allowed are answered 5.03, and their places come free again")
  func limit() async throws {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumConcurrentRequests = 2
    let peer = try await Peer(configuration: configuration)
    let gate = Gate()
    let server = peer.run { _ in
      await gate.pass()
      return .response(.changed)
    }
    for token in 1...3 as ClosedRange<UInt32> { try await peer.send(CoAPMessage(code: .post, token: Token(token))) }
    let refused = try await peer.receive()
    #expect(refused.code == .serviceUnavailable && refused.token == Token(3) && refused.maxAge == 5)
    await gate.open()
    #expect(Set([try await peer.receive().token, try await peer.receive().token]) == [Token(1), Token(2)])
    try await peer.send(CoAPMessage(code: .post, token: Token(4)))
    #expect(try await peer.receive().code == .changed)
    #expect(await peer.connection.counters().refusedRequests == 1)
    try await peer.hangUp()
    try await server.value
  }

  @Test("Requests wait for the server side to run, up to the limit")
  func beforeRun() async throws {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumConcurrentRequests = 1
    let peer = try await Peer(configuration: configuration)
    try await peer.send(CoAPMessage(code: .get, token: Token(1)))
    try await peer.send(CoAPMessage(code: .get, token: Token(2)))
    #expect(try await peer.receive().code == .serviceUnavailable)
    let server = peer.run()
    let response = try await peer.receive()
    #expect(response.code == .content && response.token == Token(1))
    try await peer.hangUp()
    try await server.value
  }

  @Test(
    "An answer the peer cannot take, or that is none, becomes 5.00",
    arguments: [
      CoAPMessage(code: .content, payload: [UInt8](repeating: 0, count: 2000)), CoAPMessage(code: .get),
    ])
  func unsendable(answer: CoAPMessage) async throws {
    let peer = try await Peer()
    let server = peer.run { _ in answer }
    try await peer.send(CoAPMessage(code: .get, token: Token(5)))
    let response = try await peer.receive()
    #expect(response.code == .internalServerError && response.token == Token(5))
    #expect(await peer.connection.counters().unsendableAnswers == 1)
    try await peer.hangUp()
    try await server.value
  }

  @Test("A handler that still works when the connection closes is cancelled, and run returns")
  func cancelledHandlers() async throws {
    let peer = try await Peer()
    let gate = Gate()
    let server = peer.run { _ in
      await withTaskCancellationHandler {
        await gate.pass()
      } onCancel: {
        Task { await gate.open() }
      }
      return .response(.content)
    }
    try await peer.send(CoAPMessage(code: .get, token: Token(1)))
    await gate.crowd(of: 1)
    try await peer.hangUp()
    try await server.value
  }

  @Test("Cancelling run closes the connection")
  func cancelledRun() async throws {
    let peer = try await Peer()
    let server = peer.run()
    server.cancel()
    try await server.value
    #expect(!peer.channel.isActive)
  }

  @Test("A peer that sends and does not read is not read any more, until it does")
  func backPressure() async throws {
    let peer = try await Peer()
    let stall = Stall()
    try await peer.channel.testingEventLoop.executeInContext {
      try peer.channel.pipeline.syncOperations.addHandler(stall.handler(), position: .first)
    }
    for _ in 0..<255 { try await peer.send(CoAPMessage(code: .ping)) }
    // Read on the event loop, so that the read has happened when its answer is here.
    try await peer.channel.testingEventLoop.executeInContext { peer.channel.pipeline.read() }
    #expect(stall.reads == 1)
    try await peer.send(CoAPMessage(code: .ping))
    try await peer.channel.testingEventLoop.executeInContext { peer.channel.pipeline.read() }
    #expect(stall.reads == 1)
    try await peer.channel.testingEventLoop.executeInContext { stall.release() }
    #expect(stall.reads == 2)
    try await peer.hangUp()
  }
}
