import SerialLink

/// What happened on a line, as the gateway's router hears it.
enum LineEvent: Equatable, Sendable {
  /// The terminal or socket is open; the link greets its peer.
  case opened
  /// Both ends of the link have heard each other; messages of up to `maxMessageBytes` may be sent.
  case up(maxMessageBytes: Int)
  /// One whole message from the device.
  case message([UInt8])
  /// The device has the message that was sent last: the next may be sent.
  case delivered
  /// The message sent last was given up; the device may or may not have it. The next may be sent.
  case undelivered(LinkError)
  /// The device computes and will not listen for so long.
  case busy(milliseconds: Int)
  /// The session with the device ended; the line is still open and the link goes on greeting.
  case down(LinkError)
  /// The terminal or socket is gone or could not be opened; the next attempt comes after `retryAfter`.
  case closed(GatewayError, retryAfter: Duration)
}
