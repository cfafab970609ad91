/// What a datagram is for the message layer (RFC 7252 §4.2, §4.3).
public enum DatagramType: UInt8, Sendable {
  /// CON: sent again until it is acknowledged.
  case confirmable = 0
  /// NON: sent once.
  case nonConfirmable = 1
  /// ACK: a confirmable message has arrived; may carry the answer.
  case acknowledgement = 2
  /// RST: a message has arrived that its receiver can make nothing of.
  case reset = 3
}
