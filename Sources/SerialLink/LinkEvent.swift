/// What happened on the link: the result of one received byte or of time passing.
///
/// At most one event comes per call. When one cause has several, they come in the order undelivered, down, up from this
/// and the following calls, and ``Link/deadline`` stays overdue until the last was fetched.
public enum LinkEvent: Equatable, Sendable {
  /// Nothing the caller has to know.
  case none
  /// Both ends have heard each other: messages may be sent.
  case up
  /// A whole message stands in ``Link/receivedMessage``. It comes exactly once.
  case message(count: Int)
  /// The peer has the outgoing message, whole, and handed it to its caller.
  case delivered
  /// The outgoing message was given up. The peer may or may not have seen it: no link can know after a lost answer.
  case undelivered(LinkError)
  /// The session ended, or the peer cannot be talked to. HELLOs go on; ``up`` follows when the peer answers.
  case down(LinkError)
  /// The peer will not listen for so long, because it computes. Nothing needs to be done.
  case busy(milliseconds: UInt16)
}
