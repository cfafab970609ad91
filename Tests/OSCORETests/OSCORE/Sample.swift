import CoAP
import TestKit

@testable import OSCORE

/// A random message as a session carries it: known and unknown options in canonical form, block-wise ones and Echo
/// among them, and Uri-Host now and then.
struct Sample {
  var code: Code
  var token: [UInt8]
  var options: [PlainOption] = []
  var payload: [UInt8]

  init(asking: Bool, using random: inout SplitMix) {
    let codes: [Code] =
      asking
      ? [.get, .post, .put, .delete, .fetch, .iPatch]
      : [.changed, .content, .continue, .created, .unauthorized, .notFound, .serviceUnavailable]
    self.code = codes.randomElement(using: &random) ?? .post
    self.token = random.bytes(.random(in: 0...8, using: &random))
    self.payload = random.bytes([0, 1, 3, 12, 13, 200, 250, 268, 300, 700].randomElement(using: &random) ?? 0)
    func maybe(_ number: OptionNumber, _ value: [UInt8]) {
      if Bool.random(using: &random) { self.options.append(PlainOption(number, value)) }
    }
    if asking {
      maybe(.uriHost, Array("line-7.gateway-3".utf8))
      maybe(.uriPath, Array("est".utf8))
      maybe(.uriPath, Array("sen".utf8))
    } else {
      maybe(.eTag, random.bytes(4))
    }
    maybe(.contentFormat, [60])
    if !asking { maybe(.maxAge, [10]) }
    maybe(asking ? .uriQuery : .block2, asking ? Array("a=b".utf8) : [0x1D])
    maybe(.block1, [0x2E])
    maybe(.echo, [0xFE] + random.bytes(3))
    maybe(.requestTag, random.bytes(.random(in: 0...8, using: &random)))
    // Unknown ones, elective and critical, around the borders of the delta's encodings.
    maybe(OptionNumber(rawValue: 2049), random.bytes(20))
    maybe(OptionNumber(rawValue: 65001), random.bytes(300))
  }

  func written() throws -> [UInt8] {
    try frame(self.code, token: self.token) { writer in
      for option in self.options { writer.option(option.number, option.value.span) }
      writer.payload(self.payload.span)
    }
  }
}

/// The frame that comes out at the other end of a session.
func withoutOuterOptions(_ bytes: [UInt8]) throws -> [UInt8] {
  let message = try Message.parse(bytes.span)
  let inner = try options(of: bytes).filter { $0.number != .uriHost && $0.number != .musterLine }
  return try frame(message.code, token: (0..<message.token.count).map { message.token[$0] }) { writer in
    for option in inner { writer.option(option.number, option.value.span) }
    writer.payload(bytes.span.extracting(message.payload))
  }
}
