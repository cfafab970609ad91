import CoAPStream
import NIOCore
import NIOPosix
import SerialLink

@testable import Gateway

/// The gateway's side of one terminal: the product's line and proxy, on an event loop, as `Gateway` puts them together.
actor LineStation {
  private let eventLoop: any EventLoop
  private let manager: AttackedManager
  private let time: StoryTime
  private var line: Line?
  private var gateway: HonestGateway
  private var calls: [UInt64: Int] = [:]
  /// What the manager asked, and when.
  private(set) var said: [Words: UInt64] = [:]
  private(set) var isUp = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  init(manager: AttackedManager, time: StoryTime) throws {
    eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    self.manager = manager
    self.time = time
    gateway = try HonestGateway(lines: 1)
  }

  func start(_ path: String) {
    // The retries of a line that is as fast as a story's time.
    let settings = LineSettings(
      link: LinkConfiguration(
        maxPayloadBytes: 240, initialRetryMilliseconds: 25, maxRetryMilliseconds: 100, maxHelloMilliseconds: 200,
        probeAfterMilliseconds: 1_000, messageLifetimeMilliseconds: 3_000),
      backoff: Backoff(floor: .milliseconds(5), ceiling: .milliseconds(50)))
    let line = Line(
      .terminal(path: path, baud: 3_000_000), settings: settings, trace: nil, on: eventLoop
    ) { [weak self] event in self?.assumeIsolated { $0.heard(event) } }
    self.line = line
    line.start()
  }

  func stop() async { try? await line?.stop().get() }

  /// Carries a call of the manager's, and what is due by itself.
  func advance(_ fresh: [Uplink.Call]) {
    for call in fresh {
      said[Words(call.message)] = said[Words(call.message)] ?? time.now
      let (id, actions) = gateway.managerRequested(call.message, now: time.now)
      calls[id] = call.number
      perform(actions)
    }
    perform(gateway.advance(now: time.now))
  }

  private func heard(_ event: LineEvent) {
    let now = time.now
    switch event {
    case .message(let bytes): perform(gateway.receive(bytes, from: 0, now: now))
    case .delivered: perform(gateway.delivered(0, now: now))
    case .undelivered: perform(gateway.undelivered(0, now: now))
    case .busy(let milliseconds): gateway.busy(0, milliseconds: milliseconds, now: now)
    case .opened: break
    case .up:
      isUp = true
      perform(gateway.connect(0, now: now))
    case .down, .closed:
      isUp = false
      perform(gateway.disconnect(0, now: now))
    }
  }

  private func perform(_ actions: [HonestGateway.Action]) {
    for action in actions {
      switch action {
      case .send(_, let frame): do { try line?.send(frame) } catch { perform(gateway.undelivered(0, now: time.now)) }
      case .ask(let id, let message):
        Task {
          let answer = await manager.answer(message)
          self.perform(self.gateway.managerAnswered(id, answer, now: self.time.now))
        }
      case .answer(let id, let message):
        if let number = calls.removeValue(forKey: id) { manager.lines.complete(number, message) }
      }
    }
  }
}

/// A story's milliseconds when it cannot be told on a virtual clock, since terminals are real: it runs faster than the world.
struct StoryTime: Sendable {
  /// How many of its milliseconds one of ours has.
  static let haste: UInt64 = 10
  private let start = ContinuousClock.now

  var now: UInt64 {
    let (seconds, attoseconds) = start.duration(to: .now).components
    return Self.haste * UInt64(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
  }
}
