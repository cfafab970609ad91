/// Why a request has no answer, or why a connection ended.
public enum CoAPConnectionError: Error, Equatable, Sendable {
  /// Ours: no answer came in time. The peer may still act on the request.
  case timedOut
  /// Ours: as many requests as the configuration allows wait for answers already.
  case tooManyRequests
  /// Ours: the message is longer than the peer takes; nothing was sent.
  case messageTooLarge(limitBytes: Int)
  /// Ours: the message has no encoding, or it is not a request; nothing was sent.
  case invalidMessage
  /// The connection is closed, or closing in good order (Release). Nothing is wrong with either side.
  case closed
  /// Peer: it sent what a CoAP peer may not send. It was told so (Abort).
  case protocolViolation(String)
  /// Peer: it gave the connection up (Abort), perhaps with a sentence.
  case aborted(String)
  /// Peer or network: nothing has come for too long, not even the answer to a Ping.
  case peerSilent
  /// Network: the transport failed underneath.
  case transport(String)
  /// Peer: its block-wise transfer does not hold together.
  case blockTransfer(BlockwiseFault)
}

/// What went wrong in a block-wise transfer (RFC 7959).
public enum BlockwiseFault: Equatable, Sendable {
  /// A block option that does not continue the transfer.
  case malformed
  /// The body is longer than the caller's limit.
  case tooLarge
  /// The body kept changing at the server while it was fetched.
  case changing
}
