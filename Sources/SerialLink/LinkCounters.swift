/// What went over the line and what went wrong on it, since the link was made. Every counter wraps around.
public struct LinkCounters: Equatable, Sendable {
  /// Bytes given to the line, delimiters included.
  public var bytesSent: UInt32 = 0
  /// Bytes taken from the line, garbage included.
  public var bytesReceived: UInt32 = 0
  /// Whole messages acknowledged by the peer.
  public var messagesSent: UInt32 = 0
  /// Whole messages handed to the caller.
  public var messagesReceived: UInt32 = 0
  /// Outgoing messages reported undelivered.
  public var messagesUndelivered: UInt32 = 0
  /// Fragments sent more than once.
  public var fragmentsResent: UInt32 = 0
  /// Fragments received more than once.
  public var fragmentsRepeated: UInt32 = 0
  /// Frames refused because the caller still holds the message before.
  public var framesHeldOff: UInt32 = 0
  /// Frames dropped for their COBS, length or CRC: noise.
  public var framesDamaged: UInt32 = 0
  /// Intact frames of another session, or echoes of this end's own.
  public var framesForeign: UInt32 = 0
  /// Intact frames of this session that break the protocol: unknown kind, impossible fragment.
  public var framesRefused: UInt32 = 0
  /// HELLOs sent.
  public var hellosSent: UInt32 = 0
  /// Sessions that came up.
  public var sessions: UInt32 = 0

  /// All zero.
  public init() {}
}
