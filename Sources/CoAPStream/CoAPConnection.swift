import CoAP
import NIOCore
import Synchronization

/// One CoAP connection over a reliable transport: client and server at once (RFC 8323).
///
/// It sends its CSM first and insists on the peer's, answers and sends Pings, ends in good order by Release and says
/// why when it cannot go on (Abort). TLS is the caller's: add its handlers before these.
///
///     let connection = try await bootstrap.connect(host: host, port: 5684) { channel in
///       channel.eventLoop.makeCompletedFuture { try CoAPConnection(addingHandlersTo: channel) }
///     }
///     async let end: Void = connection.run { request in await answer(request) }
///     let response = try await connection.request(.request(.get, "status"), timeout: .seconds(10))
///
/// Nothing queues without bound: requests, both ways, have a limit until they are written, and a peer that sends and
/// does not read is not read any more.
public final class CoAPConnection: Sendable {
  private let channel: any Channel
  private let handler: NIOLoopBound<ConnectionHandler>
  private let requests: AsyncStream<CoAPMessage>

  /// Adds the connection's handlers at the end of the channel's pipeline.
  ///
  /// - Parameter channel: called on its event loop, before anything was read from it, as in a bootstrap's initialiser
  ///   or once TLS has negotiated `coap`.
  /// - Throws: what the pipeline throws when the channel is closed already.
  public init(addingHandlersTo channel: any Channel, configuration: Configuration = Configuration()) throws {
    let (requests, continuation) = AsyncStream.makeStream(of: CoAPMessage.self)
    let handler = ConnectionHandler(configuration: configuration, requests: continuation)
    let decoder = CoAPFrameDecoder(maximumMessageBytes: configuration.maximumMessageBytes)
    try channel.pipeline.syncOperations.addHandlers([ByteToMessageHandler(decoder), handler])
    self.channel = channel
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    self.requests = requests
  }

  /// Serves the peer's requests until the connection ends. To be called once.
  ///
  /// Requests and answers of ours go through whether or not this runs; the peer's requests wait for it, up to the limit.
  /// When the task is cancelled the connection is closed.
  ///
  /// - Parameter handler: answers one request; several run at the same time. The answer's token is set here. Cancelled
  ///   when the connection ends.
  /// - Throws: `CoAPConnectionError` saying why the connection ended; nothing for an end in good order.
  public func run(handler: @Sendable @escaping (CoAPMessage) async -> CoAPMessage) async throws {
    await withDiscardingTaskGroup { group in
      for await request in self.requests {
        group.addTask {
          var response = await handler(request)
          response.token = request.token
          self.onEventLoop { [response] in $0.respond(response) }
        }
      }
      group.cancelAll()
    }
    if Task.isCancelled { self.onEventLoop { $0.end(.closed) } }
    try await self.channel.closeFuture.get()
    let reason = try await self.channel.eventLoop.submit { self.handler.value.endReason }.get()
    if let reason, reason != .closed { throw reason }
  }

  /// Sends a request and waits for its answer.
  ///
  /// - Parameters:
  ///   - message: a request; its token is replaced by one that no other request has.
  ///   - timeout: for everything: sending, the peer's work, the answer.
  /// - Throws: `CoAPConnectionError`; `CancellationError` when the task is cancelled. An answer that comes after that is
  ///   dropped and counted.
  public func request(_ message: CoAPMessage, timeout: Duration) async throws -> CoAPMessage {
    let ticket = RequestTicket()
    let promise = self.channel.eventLoop.makePromise(of: CoAPMessage.self)
    return try await withTaskCancellationHandler {
      self.onEventLoop { $0.send(message, ticket: ticket, timeout: timeout, promise: promise) }
      return try await promise.futureResult.get()
    } onCancel: {
      ticket.cancel()
      self.onEventLoop { $0.cancel(ticket) }
    }
  }

  /// Ends the connection in good order: Release, then open exchanges may end, then it is closed.
  ///
  /// New requests fail from now on. Returns when the connection is closed.
  public func close() async {
    self.onEventLoop { $0.release() }
    // The reason is `run`'s to report; here only the end matters.
    try? await self.channel.closeFuture.get()
  }

  /// Ends the connection at once and tells the peer why (Abort, RFC 8323 §5.6). Returns when it is closed.
  ///
  /// - Parameter sentence: for the people at the other end; no secrets.
  public func abort(_ sentence: String) async {
    self.onEventLoop { $0.abort(sentence, reason: .closed) }
    try? await self.channel.closeFuture.get()
  }

  /// What went wrong so far without ending the connection.
  public func counters() async -> Counters {
    let counters = try? await self.channel.eventLoop.submit { self.handler.value.counters }.get()
    return counters ?? Counters()
  }

  private func onEventLoop(_ body: @Sendable @escaping (ConnectionHandler) -> Void) {
    self.channel.eventLoop.execute { body(self.handler.value) }
  }
}

/// Identifies one call of `request` across threads, and remembers a cancellation that overtakes it.
final class RequestTicket: Sendable {
  private let cancelled = Atomic<Bool>(false)

  var isCancelled: Bool { self.cancelled.load(ordering: .acquiring) }

  func cancel() { self.cancelled.store(true, ordering: .releasing) }
}
