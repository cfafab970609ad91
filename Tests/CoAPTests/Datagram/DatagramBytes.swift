@testable import CoAP

/// A datagram by its parts: the header's first byte is made, the rest is appended.
func datagram(
  _ type: DatagramType, _ code: Code, id: UInt16, token: [UInt8] = [], body: [UInt8] = []
) -> [UInt8] {
  [1 << 6 | type.rawValue << 4 | UInt8(token.count), code.rawValue, UInt8(id >> 8), UInt8(id & 0xFF)] + token + body
}

func parsed(_ bytes: [UInt8]) throws(DatagramError) -> Datagram {
  try Datagram.parse(bytes.span)
}

/// The datagram as an RFC 8323 frame.
func frame(of bytes: [UInt8], token: [UInt8]? = nil) throws(DatagramError) -> [UInt8] {
  let datagram = try parsed(bytes)
  var frame = [UInt8](repeating: 0xEE, count: bytes.count + 11)
  var buffer = frame.mutableSpan
  let own = token.flatMap { Token($0.span) }
  let count = try datagram.writeFrame(of: bytes.span, token: own ?? datagram.message.token, into: &buffer)
  return Array(frame[..<count])
}

/// The RFC 8323 frame as a datagram.
func datagram(
  of frame: [UInt8], _ type: DatagramType, id: UInt16, token: [UInt8]? = nil
) throws(DatagramError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xEE, count: frame.count + 10)
  var buffer = bytes.mutableSpan
  let own: Token
  do throws(CoAPError) {
    own = try Message.parse(frame.span).token
  } catch {
    throw .message(error)
  }
  let count = try Datagram.write(
    frame: frame.span, type: type, messageID: id, token: token.flatMap { Token($0.span) } ?? own, into: &buffer)
  return Array(bytes[..<count])
}
