import CoAPStream
import NIOCore
import NIOPosix
public import ServiceLifecycle

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A gateway: serial lines, and UDP if wanted, on one side, one connection to the manager on the other, and a ``Router`` between.
///
/// This is the shell: it opens, reads, writes and waits, on one event loop; what a message means is the router's.
public actor Gateway: Service {
  let configuration: GatewayConfiguration
  let eventLoop: any EventLoop
  let report: @Sendable (GatewayEvent) -> Void
  let startedAt = Date.now

  var router: Router
  /// What the next connection to the manager proves; a renewal replaces it.
  var identity: GatewayIdentity
  /// Files of a renewal that could not be used, so that they are reported once.
  var unusableFiles: IdentityFiles?
  var lines: [LineName: Line] = [:]
  var lineNotes: [LineName: LineNote] = [:]
  var managerNote: ManagerNote
  /// The manager's requests whose answers are awaited.
  var callers: [ExchangeID: CheckedContinuation<CoAPMessage, Never>] = [:]
  /// Where devices' requests go while the manager is connected.
  var asks: AsyncStream<Ask>.Continuation?
  /// The UDP side, when there is one.
  var udp: UDPSide?
  /// Wakes the router, and when.
  private var timer: (task: Scheduled<Void>, deadline: UInt64)?

  /// A device's request, for the task that has the connection.
  struct Ask: Sendable {
    let id: ExchangeID
    let message: CoAPMessage
  }

  // The event loop's own executor: channel handlers and the actor are one isolation, and share state without locks.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// - Parameter report: gets every event, on the gateway's event loop; must not block.
  public init(configuration: GatewayConfiguration, report: @escaping @Sendable (GatewayEvent) -> Void) {
    self.configuration = configuration
    self.eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    self.report = report
    self.router = Router(
      gateway: configuration.identity.name, lines: configuration.lines.map(\.name), limits: configuration.routing)
    self.identity = configuration.identity
    self.managerNote = ManagerNote(address: configuration.manager)
  }

  /// Serves until the task is cancelled or the service group shuts down; then closes everything.
  /// - Throws: ``GatewayError`` when it cannot start: the status socket, the trace, the certificate.
  public func run() async throws {
    let connector = try ManagerConnector(
      configuration: configuration, identity: configuration.identity, eventLoop: eventLoop)
    try prepareLines()
    let status = try await serveStatus()
    do {
      try await serveUDP()
    } catch {
      await stop(status)
      throw error
    }
    report(
      .ready(
        gateway: configuration.identity.name, lines: configuration.lines.map(\.name),
        statusSocket: configuration.statusSocket))
    // A device asks as soon as its line is up. The manager is given a moment to be there by then.
    let patience = eventLoop.scheduleTask(in: .seconds(2)) { self.assumeIsolated { $0.startLines() } }
    await cancelWhenGracefulShutdown { await self.keepConnected(connector) }
    patience.cancel()
    await stop(status)
    report(.stopped)
  }

  /// What the gateway says about itself now.
  public func status() -> GatewayStatus {
    GatewayStatus(
      gateway: configuration.identity.name, startedAt: startedAt,
      certificateNotAfter: identity.notAfter, manager: managerNote.status,
      lines: configuration.lines.map(status(of:)), udp: udpStatus)
  }

  /// Does what the router wants, and wakes up when it wants to be woken.
  func perform(_ actions: [RouterAction]) {
    for action in actions {
      switch action {
      case .send(let line, let bytes): send(bytes, on: line)
      case .ask(let id, let message):
        // Nobody to ask is told at once: the device is to come back later.
        if let asks { asks.yield(Ask(id: id, message: message)) } else { managerFailed(id, .away) }
      case .answer(let id, let message): callers.removeValue(forKey: id)?.resume(returning: message)
      }
    }
    schedule()
  }

  var now: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }

  private func schedule() {
    let deadline = router.deadline
    guard deadline != timer?.deadline else { return }
    timer?.task.cancel()
    timer = deadline.map { deadline in
      let task = wake(at: deadline) { gateway in
        gateway.timer = nil
        gateway.perform(gateway.router.advance(now: gateway.now))
      }
      return (task, deadline)
    }
  }

  /// Has something done at a time of ``now``'s clock, or in an hour, which is soon enough to look again.
  func wake(at deadline: UInt64, _ body: @escaping @Sendable (isolated Gateway) -> Void) -> Scheduled<Void> {
    let delay = deadline > now ? deadline - now : 0
    return eventLoop.scheduleTask(in: .milliseconds(Int64(min(delay, 3_600_000)))) { self.assumeIsolated(body) }
  }

  private func serveStatus() async throws -> (any Channel)? {
    guard let path = configuration.statusSocket else { return nil }
    return try await StatusSocket.listen(at: path, on: eventLoop) {
      self.assumeIsolated { (try? $0.status().json()) ?? "" }
    }
  }

  private func stop(_ status: (any Channel)?) async {
    timer?.task.cancel()
    for line in lines.values { try? await line.stop().get() }
    await stopUDP()
    guard let status, let path = configuration.statusSocket else { return }
    StatusSocket.remove(path)
    try? await status.close()
  }
}
