/// What the session agreed on with the peer's HELLO.
public struct PeerLimits: Equatable, Sendable {
  /// Bytes of a full fragment: the smaller of both ends' offers.
  public var payloadBytes: UInt8
  /// The longest message, in bytes, that the peer takes.
  public var maxMessageBytes: UInt16
  /// The version of the link both ends speak in this session.
  public var version: UInt8
}
