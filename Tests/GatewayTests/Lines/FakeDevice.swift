import CoAP
import CoAPStream
import NIOCore
import NIOPosix
import SerialLink
import TestKit

@testable import Gateway

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The device's end of a line, on the link's own code: answers what a test tells it to, asks what a test wants asked.
actor FakeDevice {
  typealias Answer = @Sendable (CoAPMessage) -> CoAPMessage?

  private let eventLoop: any EventLoop
  private let answer: Answer
  private var server: (any Channel)?
  private var channel: (any Channel)?
  private var handler: LineHandler?
  private var outbox: [[UInt8]] = []
  private var asking: [Token: CheckedContinuation<CoAPMessage?, Never>] = [:]
  private var upWaiters: [CheckedContinuation<Void, Never>] = []
  private var nextToken: UInt8 = 0
  private var isUp = false
  private var keeper: CInt = -1
  private(set) var requests: [CoAPMessage] = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// - Parameter answer: what the device says to each request; nil says nothing.
  init(answer: @escaping Answer = { CoAPMessage(code: .changed, token: $0.token) }) {
    self.eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    self.answer = answer
  }

  /// Listens at a Unix socket, as QEMU does.
  func listen(at path: String) async throws {
    server = try await ServerBootstrap(group: eventLoop)
      .childChannelInitializer { channel in self.assumeIsolated { $0.attach(to: channel) } }
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
  }

  /// Becomes the other end of a new pseudo-terminal.
  /// - Returns: the path of the end that the gateway opens.
  func openTerminal() async throws -> String {
    let terminal = try PseudoTerminal()
    keeper = terminal.keeper
    _ = try await NIOPipeBootstrap(group: eventLoop)
      .channelInitializer { channel in self.assumeIsolated { $0.attach(to: channel) } }
      .takingOwnershipOfDescriptors(input: terminal.descriptor, output: dup(terminal.descriptor)).get()
    return terminal.path
  }

  func waitUntilUp() async {
    if isUp { return }
    await withCheckedContinuation { upWaiters.append($0) }
  }

  /// Asks the manager, through the gateway.
  /// - Returns: nil when the line closed before the answer came.
  func request(_ message: CoAPMessage) async -> CoAPMessage? {
    nextToken &+= 1
    var message = message
    message.token = Token([0xD0, nextToken].span)!
    guard let bytes = try? message.serialized() else { return nil }
    return await withCheckedContinuation { continuation in
      asking[message.token] = continuation
      outbox.append(bytes)
      sendNext()
    }
  }

  /// Pulls the plug; the line can be opened again when the device listens at a socket.
  func unplug() async {
    try? await channel?.close()
  }

  /// Is no more.
  func stop() async {
    await unplug()
    try? await server?.close()
    if keeper >= 0 { close(keeper) }
  }

  private func attach(to channel: any Channel) -> EventLoopFuture<Void> {
    let handler = LineHandler(
      configuration: LinkConfiguration(maxPayloadBytes: 240), baud: LineSpecification.defaultBaud, trace: nil)
    handler.report = { [weak self] event in self?.assumeIsolated { $0.heard(event) } }
    self.handler = handler
    self.channel = channel
    let bound = NIOLoopBound(handler, eventLoop: eventLoop)
    channel.closeFuture.whenComplete { _ in self.assumeIsolated { $0.lineIsDown() } }
    return channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
  }

  private func heard(_ event: LineEvent) {
    switch event {
    case .up:
      isUp = true
      for waiter in upWaiters { waiter.resume() }
      upWaiters = []
      sendNext()
    case .message(let bytes):
      guard let message = try? CoAPMessage(parsing: bytes) else { return }
      received(message)
    case .delivered, .undelivered: sendNext()
    case .down, .closed: lineIsDown()
    case .opened, .busy: break
    }
  }

  private func received(_ message: CoAPMessage) {
    guard message.code.isRequest else {
      asking.removeValue(forKey: message.token)?.resume(returning: message)
      return
    }
    requests.append(message)
    guard var reply = answer(message) else { return }
    reply.token = message.token
    guard let bytes = try? reply.serialized() else { return }
    outbox.append(bytes)
    sendNext()
  }

  private func sendNext() {
    guard let first = outbox.first, let handler else { return }
    do {
      try handler.send(first)
      outbox.removeFirst()
    } catch {}  // not up, or another message is on its way: its end calls again
  }

  private func lineIsDown() {
    isUp = false
    outbox = []
    for (_, continuation) in asking { continuation.resume(returning: nil) }
    asking = [:]
  }
}
