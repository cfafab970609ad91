import COSE

/// What the payload of a `POST /.well-known/edhoc` holds (RFC 9528 §A.2.1): who serves EDHOC over CoAP tells message 1
/// from message 3, and one message 3 from another, by what stands in front.
///
///     request  = ( true / C_R, message )      content format 65, or none
///     response = ( message )                  content format 64, or none
public enum EDHOCRequest: ~Escapable {
  /// `true ‖ message_1`.
  case message1(Span<UInt8>)
  /// `C_R ‖ message_3`, or an error message in its place.
  case message3(ConnectionIdentifier, Span<UInt8>)

  /// Reads a payload.
  ///
  /// - Throws: `truncated`; `connectionIdentifier` when neither `true` nor an identifier stands in front.
  @_lifetime(copy payload)
  public init(_ payload: Span<UInt8>) throws(EDHOCError) {
    guard payload.count > 0 else { throw .truncated }
    if payload[0] == 0xF5 {
      self = .message1(payload.extracting(1..<payload.count))
      return
    }
    let end = payload[0] < 0x40 ? 1 : try ByteStringHead.contents(atFrontOf: payload).upperBound
    let connection = try ConnectionIdentifier(item: payload.extracting(0..<end))
    self = .message3(connection, payload.extracting(end..<payload.count))
  }

  /// Writes what stands in front of message 1.
  ///
  /// - Parameter payload: the message follows from the byte behind.
  /// - Returns: 1.
  public static func writePrefix(into payload: inout MutableSpan<UInt8>) throws(EDHOCError) -> Int {
    guard payload.count > 0 else { throw .noSpace }
    payload[0] = 0xF5
    return 1
  }

  /// Writes what stands in front of message 3 when it is sent alone.
  ///
  /// - Returns: its length, up to 8.
  public static func writePrefix(
    _ connection: ConnectionIdentifier, into payload: inout MutableSpan<UInt8>
  ) throws(EDHOCError) -> Int {
    var item = InlineArray<8, UInt8>(repeating: 0)
    let count = connection.write(into: &item)
    guard payload.count >= count else { throw .noSpace }
    for index in 0..<count { payload[index] = item[index] }
    return count
  }
}
