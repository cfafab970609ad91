import NIOCore
import SerialLink

/// One line, opened, watched and opened again for as long as the gateway runs: cables are pulled and boards reset.
///
/// Lives on one event loop; every call and every report is made there.
final class Line {
  let specification: LineSpecification

  private let eventLoop: any EventLoop
  private let settings: LineSettings
  private let trace: LineTrace?
  private let report: (LineEvent) -> Void
  private var backoff: Backoff
  private var state: State = .closed
  private var past = LineCounters()

  private enum State {
    case closed
    case opening
    case open(any Channel, LineHandler)
    case waiting(Scheduled<Void>)
    case stopped
  }

  /// - Parameter report: called on the event loop, in order; may call ``send(_:)``.
  init(
    _ specification: LineSpecification, settings: LineSettings, trace: LineTrace?, on eventLoop: any EventLoop,
    report: @escaping (LineEvent) -> Void
  ) {
    self.specification = specification
    self.settings = settings
    self.trace = trace
    self.eventLoop = eventLoop
    self.report = report
    self.backoff = settings.backoff
  }

  /// Opens the line, and again whenever it closes, until ``stop()``.
  func start() {
    guard case .closed = state else { return }
    open()
  }

  /// Closes the line for good. Nothing is reported from here on.
  /// - Returns: succeeds when the terminal or socket is closed.
  func stop() -> EventLoopFuture<Void> {
    defer { state = .stopped }
    switch state {
    case .open(let channel, let handler):
      past = past.adding(handler.counters)
      return channel.close().flatMapErrorThrowing { _ in }  // already closed is closed
    case .waiting(let retry): retry.cancel()
    case .closed, .opening, .stopped: break
    }
    return eventLoop.makeSucceededVoidFuture()
  }

  /// Hands a message to the link.
  /// - Throws: the link's reason; `notUp` also when the line is closed.
  func send(_ message: [UInt8]) throws(LinkError) {
    guard case .open(_, let handler) = state else { throw .notUp }
    try handler.send(message)
  }

  var isOpen: Bool {
    if case .open = state { true } else { false }
  }

  var isUp: Bool {
    if case .open(_, let handler) = state { handler.isUp } else { false }
  }

  var counters: LineCounters {
    if case .open(_, let handler) = state { past.adding(handler.counters) } else { past }
  }

  private func open() {
    state = .opening
    let handler = LineHandler(configuration: settings.link, baud: specification.baud, trace: trace)
    handler.report = { [weak self, unowned handler] in self?.handler(handler, reported: $0) }
    let bound = NIOLoopBound((line: self, handler: handler), eventLoop: eventLoop)
    LineOpener.open(specification, on: eventLoop) { channel in
      channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value.handler) }
    }.whenFailure { error in
      bound.value.line.closed(because: error)
    }
  }

  private func handler(_ handler: LineHandler, reported event: LineEvent) {
    switch event {
    case .opened:
      guard let channel = handler.channel else { return }
      // Stopped while it opened.
      guard case .opening = state else { return channel.close(promise: nil) }
      opened(channel, handler)
    case .up: backoff.reset()
    case .message, .delivered, .undelivered, .busy, .down, .closed: break
    }
    if case .open = state { report(event) }
  }

  private func opened(_ channel: any Channel, _ handler: LineHandler) {
    state = .open(channel, handler)
    past.openings += 1
    let bound = NIOLoopBound((line: self, handler: handler), eventLoop: eventLoop)
    channel.closeFuture.whenComplete { _ in
      bound.value.line.closed(because: bound.value.handler.failure)
    }
  }

  private func closed(because error: (any Error)?) {
    switch state {
    case .open(_, let handler): past = past.adding(handler.counters)
    case .opening: break
    case .closed, .waiting, .stopped: return
    }
    var generator = SystemRandomNumberGenerator()
    let delay = backoff.next(using: &generator)
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    state = .waiting(eventLoop.scheduleTask(in: TimeAmount(delay)) { bound.value.open() })
    report(.closed(Self.failure(error, of: specification), retryAfter: delay))
  }

  private static func failure(_ error: (any Error)?, of specification: LineSpecification) -> GatewayError {
    if let error = error as? GatewayError { return error }
    let reason = error.map { "\(specification): \(ConnectionFailure.describe($0))" } ?? "the other end closed it"
    return GatewayError(.lineUnavailable, reason, advice: "Check the specification and the cable.")
  }
}
