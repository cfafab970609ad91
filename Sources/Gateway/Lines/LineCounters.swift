import SerialLink

/// What went over one line and what went wrong on it, since the gateway started.
public struct LineCounters: Codable, Equatable, Sendable {
  /// Bytes given to the line.
  public var bytesSent: UInt64 = 0
  /// Bytes taken from the line, garbage included.
  public var bytesReceived: UInt64 = 0
  /// Messages that the device acknowledged.
  public var messagesSent: UInt64 = 0
  /// Whole messages from the device.
  public var messagesReceived: UInt64 = 0
  /// Messages that were given up.
  public var messagesUndelivered: UInt64 = 0
  /// Fragments sent more than once.
  public var retransmissions: UInt64 = 0
  /// Fragments received more than once.
  public var repetitions: UInt64 = 0
  /// Frames dropped for their framing, length or CRC: noise.
  public var framesDamaged: UInt64 = 0
  /// Intact frames of another session.
  public var framesForeign: UInt64 = 0
  /// Intact frames that break the link's protocol.
  public var framesRefused: UInt64 = 0
  /// Sessions of the link that came up.
  public var sessions: UInt64 = 0
  /// Times the terminal or socket was opened.
  public var openings: UInt64 = 0

  /// All zero.
  public init() {}

  /// The sum of what was, and what one opening's link has counted.
  func adding(_ link: LinkCounters) -> LineCounters {
    var sum = self
    sum.bytesSent += UInt64(link.bytesSent)
    sum.bytesReceived += UInt64(link.bytesReceived)
    sum.messagesSent += UInt64(link.messagesSent)
    sum.messagesReceived += UInt64(link.messagesReceived)
    sum.messagesUndelivered += UInt64(link.messagesUndelivered)
    sum.retransmissions += UInt64(link.fragmentsResent)
    sum.repetitions += UInt64(link.fragmentsRepeated)
    sum.framesDamaged += UInt64(link.framesDamaged)
    sum.framesForeign += UInt64(link.framesForeign)
    sum.framesRefused += UInt64(link.framesRefused)
    sum.sessions += UInt64(link.sessions)
    return sum
  }
}
