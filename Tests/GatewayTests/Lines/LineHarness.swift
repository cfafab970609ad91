import NIOCore
import NIOPosix
import SerialLink

@testable import Gateway

/// The gateway's end of one line, with its events as a stream.
actor LineHarness {
  nonisolated let events: AsyncStream<LineEvent>
  private let eventLoop: any EventLoop
  private let sink: AsyncStream<LineEvent>.Continuation
  private var line: Line?

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  init() {
    eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    (events, sink) = AsyncStream.makeStream(of: LineEvent.self)
  }

  func start(_ specification: LineSpecification, trace: (directory: String, name: LineName)? = nil) throws {
    let settings = LineSettings(
      link: LinkConfiguration(maxPayloadBytes: 240, initialRetryMilliseconds: 50),
      backoff: Backoff(floor: .milliseconds(5), ceiling: .milliseconds(50)))
    let sink = sink
    let line = Line(
      specification, settings: settings,
      trace: try trace.map { try LineTrace(directory: $0.directory, line: $0.name) }, on: eventLoop
    ) { sink.yield($0) }
    self.line = line
    line.start()
  }

  func send(_ message: [UInt8]) throws {
    try line?.send(message)
  }

  var counters: LineCounters { line?.counters ?? LineCounters() }

  func stop() async {
    try? await line?.stop().get()
    sink.finish()
  }

  /// The next event that `matches`; nil when the line is stopped before.
  nonisolated func first(where matches: (LineEvent) -> Bool) async -> LineEvent? {
    for await event in events where matches(event) { return event }
    return nil
  }

  nonisolated func waitUntilUp() async {
    _ = await first { if case .up = $0 { true } else { false } }
  }

  nonisolated func closingReason() async -> String? {
    guard case .closed(let error, _) = await first(where: { if case .closed = $0 { true } else { false } })
    else { return nil }
    return error.reason
  }
}
