import CoAP
import CoAPStream
import NIOCore
import NIOEmbedded
import Testing

@Suite("Requests of ours", .timeLimit(.minutes(1)))
struct ClientTests {
  @Test("An answer reaches the request whose token it has, in any order")
  func matching() async throws {
    let peer = try await Peer()
    let first = try await peer.begin(.request(.get, "a"))
    let second = try await peer.begin(.request(.get, "b"))
    #expect(first.sent.uriPath == ["a"] && second.sent.uriPath == ["b"])
    #expect(first.sent.token != second.sent.token)
    try await peer.send(CoAPMessage(code: .content, token: second.sent.token, payload: [2]))
    try await peer.send(CoAPMessage(code: .content, token: first.sent.token, payload: [1]))
    #expect(try await first.answer.value.payload == [1])
    #expect(try await second.answer.value.payload == [2])
  }

  @Test("A request that is not answered in time fails, and its late answer is dropped and counted")
  func timeout() async throws {
    let peer = try await Peer()
    let request = try await peer.begin(timeout: .seconds(3))
    await peer.advance(by: .seconds(3))
    #expect(await failure(of: request.answer) == .timedOut)
    try await peer.send(CoAPMessage(code: .content, token: request.sent.token))
    #expect(await peer.connection.counters().lateAnswers == 1)
    let next = try await peer.begin()
    try await peer.send(CoAPMessage(code: .changed, token: next.sent.token))
    #expect(try await next.answer.value.code == .changed)
  }

  @Test("A cancelled request ends at once and frees its slot")
  func cancellation() async throws {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumOutstandingRequests = 1
    let peer = try await Peer(configuration: configuration)
    for _ in 0..<3 {
      let request = try await peer.begin()
      request.answer.cancel()
      let result = await request.answer.result
      #expect(throws: CancellationError.self) { try result.get() }
    }
    let last = try await peer.begin()
    try await peer.send(CoAPMessage(code: .content, token: last.sent.token))
    #expect(try await last.answer.value.code == .content)
  }

  @Test("A request that was cancelled before it began sends nothing")
  func cancelledBefore() async throws {
    let peer = try await Peer()
    let gate = Gate()
    let connection = peer.connection
    let task = Task {
      await gate.pass()
      return try await connection.request(.request(.get, "status"), timeout: .seconds(1))
    }
    await gate.crowd(of: 1)
    task.cancel()
    await gate.open()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(try await peer.isQuiet())
  }

  @Test("No more requests wait than the configuration allows")
  func limit() async throws {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumOutstandingRequests = 2
    let peer = try await Peer(configuration: configuration)
    let first = try await peer.begin()
    let second = try await peer.begin()
    await #expect(throws: CoAPConnectionError.tooManyRequests) {
      try await peer.connection.request(.request(.get, "c"), timeout: .seconds(1))
    }
    try await peer.send(CoAPMessage(code: .content, token: first.sent.token))
    _ = try await first.answer.value
    let third = try await peer.begin()
    #expect(third.sent.token != second.sent.token)
    try await peer.hangUp()
    #expect(await failure(of: second.answer) == .closed)
    #expect(await failure(of: third.answer) == .closed)
  }

  @Test("No message is sent that is longer than the peer has said it takes")
  func maximumMessageSize() async throws {
    var settings = CoAPMessage(code: .csm)
    settings.add(.maxMessageSize, uint: 200)
    let peer = try await Peer(settings: settings)
    let long = CoAPMessage(code: .post, payload: [UInt8](repeating: 1, count: 200))
    await #expect(throws: CoAPConnectionError.messageTooLarge(limitBytes: 200)) {
      try await peer.connection.request(long, timeout: .seconds(1))
    }
    settings.set(.maxMessageSize, uint: 4000)
    try await peer.send(settings)
    let request = try await peer.begin(long)
    #expect(request.sent.payload.count == 200)
    request.answer.cancel()
  }

  @Test("Before the peer's CSM, 1152 bytes are the limit (RFC 8323 §5.3.1)")
  func baseSize() async throws {
    let peer = try await Peer(settings: nil)
    let long = CoAPMessage(code: .post, payload: [UInt8](repeating: 1, count: 1152))
    await #expect(throws: CoAPConnectionError.messageTooLarge(limitBytes: 1152)) {
      try await peer.connection.request(long, timeout: .seconds(1))
    }
  }

  @Test("What is no request is not sent", arguments: [Code.empty, .content, .ping])
  func notARequest(code: Code) async throws {
    let peer = try await Peer()
    await #expect(throws: CoAPConnectionError.invalidMessage) {
      try await peer.connection.request(CoAPMessage(code: code), timeout: .seconds(1))
    }
  }

  @Test("When the connection closes, every request ends; later ones fail at once")
  func closed() async throws {
    let peer = try await Peer()
    let request = try await peer.begin()
    try await peer.hangUp()
    #expect(await failure(of: request.answer) == .closed)
    await #expect(throws: CoAPConnectionError.closed) {
      try await peer.connection.request(.request(.get, "a"), timeout: .seconds(1))
    }
  }

  @Test("A request that was given up keeps its slot until its bytes have left: a stalled peer makes no queue grow")
  func unwritten() async throws {
    var configuration = CoAPConnection.Configuration()
    configuration.maximumOutstandingRequests = 1
    let peer = try await Peer(configuration: configuration)
    let stall = Stall()
    try await peer.channel.testingEventLoop.executeInContext {
      try peer.channel.pipeline.syncOperations.addHandler(stall.handler(), position: .first)
    }
    let connection = peer.connection
    let first = Task { try await connection.request(.request(.get, "a"), timeout: .seconds(1)) }
    while stall.writes == 0 { await Task.yield() }
    await peer.advance(by: .seconds(1))
    #expect(await failure(of: first) == .timedOut)
    await #expect(throws: CoAPConnectionError.tooManyRequests) {
      try await connection.request(.request(.get, "b"), timeout: .seconds(1))
    }
    try await peer.channel.testingEventLoop.executeInContext { stall.release() }
    let third = Task { try await connection.request(.request(.get, "c"), timeout: .seconds(1)) }
    while stall.writes == 1 { await Task.yield() }
    try await peer.hangUp()
    #expect(await failure(of: third) == .closed)
  }
}
