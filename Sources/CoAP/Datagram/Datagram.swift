/// A message as UDP carries it: one datagram, one message (RFC 7252 §3).
///
/// Only the header differs from the frame of a reliable transport: token, options and payload are the same bytes, so
/// a proxy between the two copies them (`Datagram+Frame`).
public struct Datagram: Equatable, Sendable {
  /// What it is for the message layer.
  public let type: DatagramType
  /// Tells it from its repetitions and names it in acknowledgement and reset.
  public let messageID: UInt16
  /// Code, token, options and payload, as places in the datagram.
  public let message: Message

  /// Parses one datagram and checks its whole format, what its type may carry included.
  ///
  /// - Throws: the first fault found, from the front. The receiver of a confirmable message rejects it with a reset and
  ///   ignores any other, and ignores an unknown version (RFC 7252 §3, §4.2, §4.3).
  public static func parse(_ datagram: Span<UInt8>) throws(DatagramError) -> Datagram {
    let header = try DatagramHeader(datagram)
    guard header.tokenBytes <= CoAPLimits.maxTokenBytes else { throw .tokenTooLong }
    let start = DatagramHeader.bytes
    guard datagram.count >= start + header.tokenBytes else { throw .truncated }
    guard !header.code.isSignal else { throw .signal }
    guard header.type != .reset || (header.code == .empty && datagram.count == start) else { throw .resetNotEmpty }
    guard header.type != .acknowledgement || !header.code.isRequest else { throw .acknowledgedRequest }
    guard header.type != .nonConfirmable || header.code != .empty else { throw .emptyNonConfirmable }
    let message: Message
    do throws(CoAPError) {
      message = try Message.parse(header.code, token: start..<start + header.tokenBytes, in: datagram)
    } catch {
      throw .message(error)
    }
    return Datagram(type: header.type, messageID: header.messageID, message: message)
  }
}
