/// Why bytes are not a CoAP message, or why a message could not be written.
///
/// The raw values are stable: they stand in counters and logs.
public enum CoAPError: UInt8, Error, Equatable, Sendable {
  /// The frame ends before its header, its options or the length it announces.
  case truncated = 1
  /// There are bytes after the message: one frame carries one message.
  case trailingBytes = 2
  /// The frame is longer than the limit given.
  case frameTooLong = 3
  /// The token length nibble is 9 to 15 (RFC 7252 §3: a message format error).
  case tokenTooLong = 4
  /// The code is of a reserved class: 1, 3 or 6 (RFC 7252 §3).
  case reservedCode = 5
  /// An option's delta or length nibble is 15 without being the payload marker (RFC 7252 §3.1).
  case reservedNibble = 6
  /// An option's number is beyond 65535.
  case optionNumberTooLarge = 7
  /// The payload marker stands at the end of the message (RFC 7252 §3: a message format error).
  case emptyPayload = 8
  /// An empty message (code 0.00) carries a token, options or a payload.
  case emptyMessageNotEmpty = 9
  /// Options were written in descending order, or after the payload.
  case optionOrder = 10
  /// The buffer is too small for the message.
  case noSpace = 11
  /// A Block option of more than three bytes, or a block that lies outside the body.
  case badBlock = 12
  /// An option's value is longer than 65,804 bytes: there is no encoding for it.
  case optionTooLong = 13
}
