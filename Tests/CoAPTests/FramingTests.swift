import Testing

@testable import CoAP

@Suite("Framing, RFC 8323 §3.2")
struct FramingTests {
  @Test("The RFC's message without options or payload has three bytes")
  func noOptionsOrPayload() throws {
    let bytes = hex("01 43 7f")
    let message = try parse(bytes)
    #expect(message.code == .valid)
    #expect(message.token == Token([0x7F].span))
    #expect(message.options.isEmpty && message.payload.isEmpty)
    #expect(try write(.valid, token: [0x7F]) == bytes)
  }

  @Test("The empty message is two zero bytes")
  func empty() throws {
    #expect(try parse([0, 0]).code == .empty)
    #expect(try write(.empty) == [0, 0])
  }

  @Test(
    "A body's length has one form, on both sides of each border",
    arguments: [
      (0, "00"), (12, "c0"), (13, "d0 00"), (14, "d0 01"), (268, "d0 ff"), (269, "e0 0000"), (270, "e0 0001"),
      (65_804, "e0 ffff"), (65_805, "f0 00000000"), (65_806, "f0 00000001"),
    ])
  func lengthBorders(bodyBytes: Int, header: String) throws {
    // A payload of n bytes is a body of n + 1: the marker counts.
    let payload = [UInt8](repeating: 7, count: max(0, bodyBytes - 1))
    let bytes = try write(.content) { $0.payload(payload.span) }
    #expect(Array(bytes.prefix(hex(header).count)) == hex(header))
    #expect(try parse(bytes).payload.count == payload.count)
    #expect(
      try Message.frameLength(prefix: bytes.span.extracting(first: 5), limit: 100_000) == bytes.count
        || bytes.count < 5)
  }

  @Test("The length is known as soon as its bytes are there, and not before")
  func lengthFromPrefix() throws {
    let bytes = hex("e2 0004 45 aabb")
    for count in 0..<3 {
      #expect(try Message.frameLength(prefix: bytes.span.extracting(first: count), limit: 1000) == nil)
    }
    #expect(try Message.frameLength(prefix: bytes.span.extracting(first: 3), limit: 1000) == 3 + 1 + 2 + 273)
  }

  @Test("A frame longer than the limit is refused from its first bytes")
  func limit() throws {
    let bytes = hex("d0 ff")
    #expect(try Message.frameLength(prefix: bytes.span, limit: 271) == 271)
    #expect(throws: CoAPError.frameTooLong) { try Message.frameLength(prefix: bytes.span, limit: 270) }
  }

  @Test("A length near 2^32 does not wrap", arguments: ["f0 ffffffff", "f8 ffff0000", "f0 7fffffff"])
  func hugeLength(prefix: String) {
    let bytes = hex(prefix)
    #expect(throws: CoAPError.frameTooLong) { try Message.frameLength(prefix: bytes.span, limit: Int.max) }
  }

  @Test("Token lengths of 9 to 15 are refused from the first byte", arguments: 9...15)
  func longToken(length: Int) {
    let bytes = [UInt8(length)] + [UInt8](repeating: 0, count: 20)
    #expect(throws: CoAPError.tokenTooLong) { try Message.frameLength(prefix: bytes.span, limit: 1000) }
    #expect(throws: CoAPError.tokenTooLong) { try parse(bytes) }
  }
}
