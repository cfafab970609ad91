/// Why bytes are no CoAP datagram, or why one could not be written.
public enum DatagramError: Error, Equatable, Sendable {
  /// The datagram ends before its header or its token does.
  case truncated
  /// The version is not 1. To be ignored without a word (RFC 7252 §3).
  case unknownVersion
  /// The token length nibble is 9 to 15 (RFC 7252 §3: a message format error).
  case tokenTooLong
  /// A signal: those are of reliable transports only (RFC 8323 §5).
  case signal
  /// An acknowledgement that carries a request (RFC 7252 §4.3, table 1).
  case acknowledgedRequest
  /// A reset that carries anything (RFC 7252 §4.2).
  case resetNotEmpty
  /// A non-confirmable message that is empty (RFC 7252 §4.3).
  case emptyNonConfirmable
  /// Code, options or payload are malformed, as in a frame.
  case message(CoAPError)
  /// The buffer is too small for what is to be written.
  case noSpace
}
