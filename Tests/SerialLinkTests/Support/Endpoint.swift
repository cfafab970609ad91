import SerialLink

/// One end of a simulated line: a link, and what its caller saw.
final class Endpoint {
  typealias TestLink = Link<2_048>

  private var link: TestLink
  private let configuration: LinkConfiguration
  private(set) var events: [LinkEvent] = []
  private(set) var received: [[UInt8]] = []
  /// Called at each event, before the caller does anything else.
  var onEvent: (LinkEvent) -> Void = { _ in }
  /// Whether received messages are released at once.
  var releasesAtOnce = true

  init(epoch: UInt32, configuration: LinkConfiguration = LinkConfiguration(), now: UInt64 = 0) {
    self.configuration = configuration
    link = TestLink(configuration: configuration, bootEpoch: epoch, now: now)
  }

  var isUp: Bool { link.isUp }
  var canSend: Bool { link.canSend }
  var deadline: UInt64? { link.deadline }
  var counters: LinkCounters { link.counters }
  var peer: PeerLimits? { link.peer }
  var maxMessageBytes: Int { link.maxMessageBytes }

  /// The same end after a reset: nothing but its configuration is left.
  func reboot(epoch: UInt32, now: UInt64) {
    link = TestLink(configuration: configuration, bootEpoch: epoch, now: now)
  }

  /// Feeds bytes from the line; returns the events they caused.
  @discardableResult
  func receive(_ bytes: [UInt8], now: UInt64) -> [LinkEvent] {
    let first = events.count
    for byte in bytes { note(link.receive(byte, now: now)) }
    return Array(events[first...])
  }

  @discardableResult
  func advance(now: UInt64) -> LinkEvent {
    let event = link.advance(now: now)
    note(event)
    return event
  }

  /// Takes all bytes for the line, through a buffer of the given length.
  func transmit(now: UInt64, bufferBytes: Int = 64) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: bufferBytes)
    while true {
      var span = buffer.mutableSpan
      let count = link.transmit(into: &span, now: now)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Takes at most so many bytes for the line.
  func transmitOnce(bytes count: Int, now: UInt64) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    var span = buffer.mutableSpan
    let taken = link.transmit(into: &span, now: now)
    return Array(buffer[..<taken])
  }

  /// Fetches the events that wait behind the last one.
  func fetchEvents(now: UInt64) {
    while link.deadline == 0 { note(link.advance(now: now)) }
  }

  func forgetEvents() {
    events = []
    received = []
  }

  /// Answers the received message in place.
  func answer(now: UInt64, writing: (inout MutableSpan<UInt8>, inout MutableSpan<UInt8>) -> Int) throws(LinkError) {
    try link.answer(now: now, writing: writing)
  }

  func send(_ message: [UInt8], now: UInt64) throws(LinkError) {
    try link.send(message.span, now: now)
  }

  /// Sends by writing in place.
  func send(now: UInt64, writing: (inout MutableSpan<UInt8>) -> Int) throws(LinkError) {
    try link.send(now: now, writing: writing)
  }

  /// The message the link holds for its caller.
  var held: [UInt8] { link.withReceivedMessage { message in message.indices.map { message[$0] } } }

  func release() { link.releaseReceived() }

  func announceBusy(milliseconds: UInt16) { link.announceBusy(milliseconds: milliseconds) }

  private func note(_ event: LinkEvent) {
    guard event != .none else { return }
    events.append(event)
    if case .message(let count) = event {
      let message = held
      precondition(message.count == count)
      received.append(message)
      if releasesAtOnce { link.releaseReceived() }
    }
    onEvent(event)
  }
}
