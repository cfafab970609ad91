import CoAP
import CoAPStream
import NIOCore
import NIOEmbedded

/// A connection under test and the peer's end of it, on a channel without sockets and with a clock that only the test
/// moves.
struct Peer: Sendable {
  let channel = NIOAsyncTestingChannel()
  let connection: CoAPConnection

  /// Connects, takes the CSM the connection sends first, and sends one of its own.
  init(
    configuration: CoAPConnection.Configuration = .init(), settings: CoAPMessage? = CoAPMessage(code: .csm)
  ) async throws {
    let channel = self.channel
    self.connection = try await channel.testingEventLoop.executeInContext {
      try CoAPConnection(addingHandlersTo: channel, configuration: configuration)
    }
    try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 5684))
    if let settings {
      let first = try await self.receive()
      precondition(first.code == .csm)
      try await self.send(settings)
    }
  }

  func send(_ message: CoAPMessage) async throws {
    try await self.send(bytes: message.serialized())
  }

  func send(bytes: [UInt8]) async throws {
    try await self.channel.writeInbound(ByteBuffer(bytes: bytes))
  }

  /// The next message the connection writes; waits for it.
  func receive() async throws -> CoAPMessage {
    let buffer = try await self.channel.waitForOutboundWrite(as: ByteBuffer.self)
    return try CoAPMessage(parsing: Array(buffer.readableBytesView))
  }

  /// Whether nothing was written that the test has not looked at.
  func isQuiet() async throws -> Bool {
    try await self.channel.readOutbound(as: ByteBuffer.self) == nil
  }

  func advance(by time: TimeAmount) async {
    await self.channel.testingEventLoop.advanceTime(by: time)
  }

  /// Lets the other side close, as a TCP peer does.
  func hangUp() async throws {
    try await self.channel.close()
  }

  /// Starts a request and waits until the connection has written it.
  func begin(
    _ message: CoAPMessage = .request(.get, "status"), timeout: Duration = .seconds(10)
  ) async throws -> (answer: Task<CoAPMessage, any Error>, sent: CoAPMessage) {
    let connection = self.connection
    let task = Task { try await connection.request(message, timeout: timeout) }
    return (task, try await self.receive())
  }

  /// Runs the connection's server side.
  func run(
    handler: @Sendable @escaping (CoAPMessage) async -> CoAPMessage = { _ in .response(.content) }
  ) -> Task<Void, any Error> {
    let connection = self.connection
    return Task { try await connection.run(handler: handler) }
  }
}

/// What a task failed with, as the connection's error.
func failure<Success: Sendable>(of task: Task<Success, any Error>) async -> CoAPConnectionError? {
  switch await task.result {
  case .success: nil
  case .failure(let error): error as? CoAPConnectionError
  }
}

/// A gate that handlers wait at until the test opens it.
actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var observers: [(count: Int, CheckedContinuation<Void, Never>)] = []

  func pass() async {
    guard !self.isOpen else { return }
    await withCheckedContinuation { continuation in
      self.waiting.append(continuation)
      self.observers.removeAll { observer in
        guard self.waiting.count >= observer.count else { return false }
        observer.1.resume()
        return true
      }
    }
  }

  /// Waits until so many wait at the gate.
  func crowd(of count: Int) async {
    guard self.waiting.count < count else { return }
    await withCheckedContinuation { self.observers.append((count, $0)) }
  }

  func open() {
    self.isOpen = true
    for continuation in self.waiting { continuation.resume() }
    self.waiting = []
  }
}
