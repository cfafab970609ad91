/// What the UDP side has seen and done since the gateway started.
public struct UDPCounters: Codable, Equatable, Sendable {
  /// Datagrams that came in.
  public var received: UInt64 = 0
  /// Datagrams that went out.
  public var sent: UInt64 = 0
  /// Dropped unread: more than the limits allow.
  public var limited: UInt64 = 0
  /// No CoAP; a confirmable one was rejected, any other dropped.
  public var malformed: UInt64 = 0
  /// Messages that came again.
  public var repeated: UInt64 = 0
  /// Messages sent again because nobody acknowledged them.
  public var retransmissions: UInt64 = 0
  /// Messages given up, or rejected by the endpoint.
  public var undelivered: UInt64 = 0
  /// Requests answered 5.03 because too many were under way.
  public var refused: UInt64 = 0
  /// Endpoints asked to show that they are where they say.
  public var challenges: UInt64 = 0
  /// Endpoints that have shown it.
  public var verified: UInt64 = 0
  /// Endpoints forgotten to make room for another, or new ones for which there was none.
  public var crowdedOut: UInt64 = 0

  /// All zero.
  public init() {}
}
