import CoAP
public import CoAPStream
import NIOCore
import NIOPosix
import SerialLink

/// A line with a device at its end and nobody between: for `muster provision`, and for whoever repairs a device.
///
/// One request at a time. Not for a line that a gateway has: the terminal is locked.
public actor DirectLine {
  /// Where the line is.
  public nonisolated let specification: LineSpecification

  private let eventLoop: any EventLoop
  private let settings: LineSettings
  private var line: Line?
  private var opening: CheckedContinuation<Void, any Error>?
  private var exchange: Exchange?
  /// A request that the link cannot take yet.
  private var held: [UInt8]?
  private var nextToken: UInt8 = 0
  private var maxMessageBytes = 0

  private struct Exchange {
    let token: Token
    let continuation: CheckedContinuation<CoAPMessage, any Error>
    let timer: Scheduled<Void>
  }

  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// A line that is not open yet.
  public init(_ specification: LineSpecification, settings: LineSettings = LineSettings()) {
    self.specification = specification
    self.settings = settings
    self.eventLoop = MultiThreadedEventLoopGroup.singleton.next()
  }

  /// Opens the line and waits until the device has answered the link's greeting.
  /// - Returns: the longest message that the device takes, in bytes.
  /// - Throws: ``GatewayError``: why the line cannot be opened, or `noAnswer`.
  @discardableResult
  public func open(timeout: Duration = .seconds(10)) async throws -> Int {
    precondition(line == nil, "a direct line is opened once")
    let line = Line(specification, settings: settings, trace: nil, on: eventLoop) { self.lineReported($0) }
    self.line = line
    let timer = schedule(after: timeout) { line in
      line.failOpening(
        GatewayError(
          .noAnswer, "No device answers on \(line.specification).",
          advice: "Check its power, the cable and the speed; reset it."))
    }
    defer { timer.cancel() }
    try await withCheckedThrowingContinuation { continuation in
      opening = continuation
      line.start()
    }
    return maxMessageBytes
  }

  /// Asks the device. The token is chosen here.
  /// - Throws: ``GatewayError`` `noAnswer` when it does not answer in time or its link goes down.
  public func request(_ message: CoAPMessage, timeout: Duration = .seconds(30)) async throws -> CoAPMessage {
    precondition(exchange == nil, "a direct line carries one request at a time")
    nextToken &+= 1
    let token = Token([nextToken].span) ?? Token()
    var message = message
    message.token = token
    let bytes = (try? message.serialized()) ?? []
    guard !bytes.isEmpty, bytes.count <= maxMessageBytes else {
      throw GatewayError(
        .badConfiguration,
        "A message of \(bytes.count) bytes is too long for the device, which takes \(maxMessageBytes).",
        advice: "Send less at a time.")
    }
    return try await withCheckedThrowingContinuation { continuation in
      let timer = schedule(after: timeout) { $0.endExchange(.failure($0.noAnswer("in time"))) }
      exchange = Exchange(token: token, continuation: continuation, timer: timer)
      send(bytes)
    }
  }

  /// Closes the terminal or socket. A request under way fails.
  public func close() async {
    endExchange(.failure(noAnswer("before the line was closed")))
    let stopped = line?.stop()
    line = nil
    try? await stopped?.get()
  }

  private func lineReported(_ event: LineEvent) {
    switch event {
    case .up(let bytes):
      maxMessageBytes = bytes
      opening?.resume()
      opening = nil
    case .closed(let error, _):
      failOpening(error)
      endExchange(.failure(noAnswer("before the line was closed: \(error.reason)")))
    case .down(let error): endExchange(.failure(noAnswer("before its link went down (\(error))")))
    case .undelivered(let error): if !sendHeld() { endExchange(.failure(noAnswer("(\(error))"))) }
    case .delivered: _ = sendHeld()
    case .message(let bytes): received(bytes)
    case .opened, .busy: break
    }
  }

  // A request that was given up may still be on the line: the next one waits until the link has done with it.
  private func send(_ bytes: [UInt8]) {
    do {
      try line?.send(bytes)
    } catch LinkError.outstanding {
      held = bytes
    } catch {
      endExchange(.failure(noAnswer("(\(error))")))
    }
  }

  private func sendHeld() -> Bool {
    guard let bytes = held else { return false }
    held = nil
    send(bytes)
    return true
  }

  private func received(_ bytes: [UInt8]) {
    guard let message = try? CoAPMessage(parsing: bytes), message.code.isResponse,
      message.token == exchange?.token
    else { return }
    endExchange(.success(message))
  }

  private func endExchange(_ result: Result<CoAPMessage, any Error>) {
    exchange?.timer.cancel()
    exchange?.continuation.resume(with: result)
    exchange = nil
    held = nil
  }

  private func failOpening(_ error: GatewayError) {
    opening?.resume(throwing: error)
    opening = nil
  }

  private func noAnswer(_ when: String) -> GatewayError {
    GatewayError(
      .noAnswer, "The device on \(specification) did not answer \(when).",
      advice: "Reset the device and try again.")
  }

  private func schedule(after delay: Duration, _ work: @escaping @Sendable (isolated DirectLine) -> Void)
    -> Scheduled<Void>
  {
    eventLoop.scheduleTask(in: TimeAmount(delay)) { self.assumeIsolated { work($0) } }
  }
}
