import CoAP

/// Whatever parses as a datagram has exactly one encoding: through an RFC 8323 frame and back it must be the same bytes.
/// The first byte chooses between that and a run of datagrams and ticks through a message layer, which must keep its own
/// promises.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDatagram(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let mode = bytes.first else { return 0 }
  if mode & 1 == 0 {
    checkDatagram(Array(bytes.dropFirst()))
  } else {
    checkLayer(Array(bytes.dropFirst()))
  }
  return 0
}

private func checkDatagram(_ bytes: [UInt8]) {
  guard let datagram = try? Datagram.parse(bytes.span) else { return }
  guard let header = try? DatagramHeader(bytes.span) else { preconditionFailure("a datagram without a header") }
  precondition(header.type == datagram.type && header.messageID == datagram.messageID)
  var frame = [UInt8](repeating: 0, count: bytes.count + 11)
  var frameBuffer = frame.mutableSpan
  guard
    let count = try? datagram.writeFrame(of: bytes.span, token: datagram.message.token, into: &frameBuffer)
  else { preconditionFailure("no frame for a datagram") }
  frame.removeLast(frame.count - count)
  precondition((try? Message.parse(frame.span)) != nil, "the frame does not parse")
  var again = [UInt8](repeating: 0, count: frame.count + 10)
  var buffer = again.mutableSpan
  let written = try? Datagram.write(
    frame: frame.span, type: datagram.type, messageID: datagram.messageID, token: datagram.message.token, into: &buffer)
  precondition(written == bytes.count && Array(again[..<bytes.count]) == bytes, "one datagram, two encodings")
}

/// Each three bytes are a step: what arrives or happens, which message id of few, and how much later.
private func checkLayer(_ script: [UInt8]) {
  var layer = MessageLayer<4>(firstMessageID: 0)
  var now: UInt64 = 0
  var open: Set<UInt16> = []
  for start in stride(from: 0, to: script.count - 2, by: 3) {
    now += UInt64(script[start + 2]) * 1_000
    let id = UInt16(script[start + 1] & 7)
    switch script[start] {
    case 0xF0...0xFF: _ = layer.send(random: UInt32(script[start]), now: now)
    case 0xE0...0xEF:
      let carriage = layer.answer(to: id, now: now)
      precondition(carriage == .none || carriage == .nonConfirmable || open.remove(id) != nil, "answered twice")
    case 0xD0...0xDF: while layer.advance(now: now) != nil {}
    default:
      let type = script[start] & 3
      let code: UInt8 = [0, 1, 0x45, 0x84][Int(script[start] >> 2 & 3)]
      let bytes = [0x40 | type << 4, code, 0, UInt8(id)]
      guard let datagram = try? Datagram.parse(bytes.span) else { continue }
      let isExpected = script[start] & 0x10 != 0
      if layer.receive(datagram, isExpected: isExpected, now: now) == .request, type == 0 {
        precondition(open.insert(id).inserted, "worked on twice at a time")
      }
    }
    precondition(open.count <= 4, "more is worked on than there is memory")
  }
}
