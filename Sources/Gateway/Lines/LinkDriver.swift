import SerialLink

/// One link with its buffers, in the gateway's terms: chunks of bytes in, events and chunks of bytes out.
///
/// Does no I/O. A message is copied out and released at once, so that a device is never held off by the gateway: what
/// is too much, the router refuses.
struct LinkDriver: ~Copyable {
  /// 16 fragments of 240 bytes: the longest message the link can carry.
  static let messageBytes = 3_840

  private var link: Link<3840>

  /// - Parameter bootEpoch: random, new for each time the line is opened.
  init(configuration: LinkConfiguration, bootEpoch: UInt32, now: UInt64) {
    link = Link(configuration: configuration, bootEpoch: bootEpoch, now: now)
  }

  /// When ``advance(now:)`` wants to be called.
  var deadline: UInt64? { link.deadline }

  var counters: LinkCounters { link.counters }

  var isUp: Bool { link.isUp }

  /// Takes one byte from the line.
  mutating func receive(_ byte: UInt8, now: UInt64) -> LineEvent? {
    event(link.receive(byte, now: now))
  }

  /// Does what is due; to be called again until it returns nil, for events queue up behind each other.
  mutating func advance(now: UInt64) -> LineEvent? {
    while let deadline = link.deadline, deadline <= now {
      let before = link.advance(now: now)
      if let event = event(before) { return event }
      // Overdue still and nothing happened: the link waits for its bytes to be fetched, not for us.
      if link.deadline == deadline { return nil }
    }
    return nil
  }

  /// Hands a message to the link.
  mutating func send(_ message: [UInt8], now: UInt64) throws(LinkError) {
    try link.send(message.span, now: now)
  }

  /// The next bytes for the line, at most so many; empty when there are none.
  mutating func transmit(limitBytes: Int, now: UInt64) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limitBytes) { buffer, count in
      buffer.initialize(repeating: 0)
      var span = buffer.mutableSpan
      count = link.transmit(into: &span, now: now)
    }
  }

  private mutating func event(_ event: LinkEvent) -> LineEvent? {
    switch event {
    case .none: return nil
    case .up: return .up(maxMessageBytes: link.maxMessageBytes)
    case .delivered: return .delivered
    case .undelivered(let error): return .undelivered(error)
    case .down(let error): return .down(error)
    case .busy(let milliseconds): return .busy(milliseconds: Int(milliseconds))
    case .message:
      defer { link.releaseReceived() }
      let message = link.receivedMessage
      return .message(message.withUnsafeBufferPointer { [UInt8]($0) })
    }
  }
}
