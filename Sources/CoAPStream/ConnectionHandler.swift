import CoAP
import NIOCore

/// The connection's state on its event loop: requests both ways, and whether it is open.
///
/// Signals stand in `ConnectionHandler+Signals`.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = CoAPMessage
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  let configuration: CoAPConnection.Configuration
  private let requests: AsyncStream<CoAPMessage>.Continuation

  var counters = CoAPConnection.Counters()
  var peer = PeerSettings()
  var keepAlive: KeepAlive?
  var context: ChannelHandlerContext?
  var outstanding: OutstandingRequests
  /// Requests of the peer whose answers have not left yet.
  var concurrentRequests = 0
  /// No new exchanges: one side has said Release.
  var isReleasing = false
  /// Why the connection ended; nil while it has not.
  var endReason: CoAPConnectionError?
  /// What the peer made us say at once (Pong, 5.03) and has not taken yet. Our requests and the handler's answers have
  /// slots; these have none, so they are what must stop a peer that sends and does not read.
  private var unsentReflexes = 0
  private var isReadHeld = false
  private static let maximumUnsentReflexes = 256

  init(configuration: CoAPConnection.Configuration, requests: AsyncStream<CoAPMessage>.Continuation) {
    self.configuration = configuration
    self.requests = requests
    self.outstanding = OutstandingRequests(
      limit: configuration.maximumOutstandingRequests, firstNumber: .random(in: 0...UInt32.max))
  }

  // MARK: Our requests

  func send(
    _ message: CoAPMessage, ticket: RequestTicket, timeout: Duration, promise: EventLoopPromise<CoAPMessage>
  ) {
    guard !ticket.isCancelled else { return promise.fail(CancellationError()) }
    guard self.endReason == nil, !self.isReleasing, let context = self.context else {
      return promise.fail(self.endReason ?? .closed)
    }
    guard message.code.isRequest else { return promise.fail(CoAPConnectionError.invalidMessage) }
    guard let token = self.outstanding.reserveToken() else {
      return promise.fail(CoAPConnectionError.tooManyRequests)
    }
    var message = message
    message.token = token
    guard let frame = try? message.serialized() else { return promise.fail(CoAPConnectionError.invalidMessage) }
    let limit = self.peer.maximumMessageBytes
    guard frame.count <= limit else {
      return promise.fail(CoAPConnectionError.messageTooLarge(limitBytes: limit))
    }
    let timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
      self.settle(token, .failure(CoAPConnectionError.timedOut))
    }
    self.outstanding.insert(
      .init(promise: promise, ticket: ObjectIdentifier(ticket), timeout: timer), token: token)
    self.write(frame) {
      self.outstanding.written(token)
      self.closeIfReleased()
    }
  }

  func cancel(_ ticket: RequestTicket) {
    guard let token = self.outstanding.token(of: ObjectIdentifier(ticket)) else { return }
    self.settle(token, .failure(CancellationError()))
  }

  private func settle(_ token: Token, _ result: Result<CoAPMessage, any Error>) {
    guard let waiter = self.outstanding.settle(token) else {
      self.counters.lateAnswers += 1
      return
    }
    waiter.promise.completeWith(result)
    self.closeIfReleased()
  }

  // MARK: The peer's requests

  func respond(_ response: CoAPMessage) {
    guard self.endReason == nil else { return }
    var frame = try? response.serialized()
    if !response.code.isResponse || (frame?.count ?? .max) > self.peer.maximumMessageBytes {
      self.counters.unsendableAnswers += 1
      frame = try? CoAPMessage(code: .internalServerError, token: response.token).serialized()
    }
    guard let frame else { return }
    self.write(frame) {
      self.concurrentRequests -= 1
      self.closeIfReleased()
    }
  }

  private func receive(request: CoAPMessage) {
    guard self.concurrentRequests < self.configuration.maximumConcurrentRequests, !self.isReleasing else {
      self.counters.refusedRequests += 1
      var refusal = CoAPMessage(code: .serviceUnavailable, token: request.token)
      refusal.maxAge = self.configuration.retryAfterSeconds
      return self.reflect(refusal)
    }
    self.concurrentRequests += 1
    self.requests.yield(request)
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { self.start(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    self.start(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard self.endReason == nil else { return }
    let message = Self.unwrapInboundIn(data)
    self.keepAlive?.received(now: context.eventLoop.now)
    guard self.peer.isKnown || message.code == .csm || message.code == .abort else {
      return self.abort("the first message was no CSM")
    }
    if message.code.isSignal {
      self.receive(signal: message)
    } else if message.code.isRequest {
      self.receive(request: message)
    } else if message.code.isResponse {
      self.settle(message.token, .success(message))
    }
    // What is left is the empty message, which means nothing here (RFC 8323 §3.4).
  }

  /// Reading waits while too many reflexes are unsent. It does not wait for mere writability: two peers that both have
  /// much to say would wait for each other.
  func read(context: ChannelHandlerContext) {
    if self.unsentReflexes < Self.maximumUnsentReflexes {
      context.read()
    } else {
      self.isReadHeld = true
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let fault = error as? CoAPError {
      self.abort("malformed message: \(fault)")
    } else {
      self.end(.transport(String(describing: error)))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.end(.closed)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.end(.closed)
    self.context = nil
  }

  // MARK: The end

  /// Ends everything at once; the first reason is the one that counts.
  func end(_ reason: CoAPConnectionError) {
    guard self.endReason == nil else { return }
    self.endReason = reason
    self.requests.finish()
    for waiter in self.outstanding.removeAll() { waiter.promise.fail(reason) }
    self.context?.close(promise: nil)
  }

  func closeIfReleased() {
    if self.isReleasing && self.outstanding.isEmpty && self.concurrentRequests == 0 { self.end(.closed) }
  }

  /// Answers the peer at once, without a handler.
  func reflect(_ message: CoAPMessage) {
    guard let frame = try? message.serialized() else { return }
    self.unsentReflexes += 1
    self.write(frame) {
      self.unsentReflexes -= 1
      guard self.isReadHeld, self.unsentReflexes < Self.maximumUnsentReflexes else { return }
      self.isReadHeld = false
      self.context?.read()
    }
  }

  func write(_ message: CoAPMessage) {
    // Only messages we make ourselves, which all have an encoding.
    guard let frame = try? message.serialized() else { return }
    self.write(frame) {}
  }

  private func write(_ frame: [UInt8], whenWritten: @escaping () -> Void) {
    guard let context = self.context else { return }
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in whenWritten() }
    context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(bytes: frame)), promise: promise)
  }
}
