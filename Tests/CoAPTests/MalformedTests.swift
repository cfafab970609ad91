import TestKit
import Testing

@testable import CoAP

@Suite("Malformed messages")
struct MalformedTests {
  static let vectors: [(fault: String, bytes: String, error: CoAPError)] = [
    ("no bytes", "", .truncated),
    ("no code", "00", .frameTooLong),
    ("half of the token is missing", "02 45 aa", .frameTooLong),
    ("a byte behind the message", "00 45 00", .trailingBytes),
    ("a code of class 1", "00 21", .reservedCode),
    ("a code of class 3", "00 61", .reservedCode),
    ("a code of class 6", "00 c1", .reservedCode),
    ("an empty message with a token", "01 00 aa", .emptyMessageNotEmpty),
    ("an empty message with an option", "10 00 b0", .emptyMessageNotEmpty),
    ("a payload marker without a payload", "10 45 ff", .emptyPayload),
    ("a payload marker without a payload behind an option", "30 45 b1 61 ff", .emptyPayload),
    ("a delta nibble of 15", "20 45 f1 00", .reservedNibble),
    ("a length nibble of 15", "20 45 1f 00", .reservedNibble),
    ("a delta's extension is missing", "10 45 d0", .truncated),
    ("half of a delta's extension is missing", "20 45 e0 00", .truncated),
    ("a length's extension is missing", "10 45 0d", .truncated),
    ("half of a length's extension is missing", "20 45 0e 00", .truncated),
    ("a value longer than the message", "20 45 b2 61", .truncated),
    ("an over-long value", "50 45 be ffff 61 61", .truncated),
    ("an option number of 65536", "40 45 e0 fef2 10", .optionNumberTooLarge),
    ("an option number far beyond 65535", "30 45 e0 fff0", .optionNumberTooLarge),
  ]

  @Test("Each is refused with its own error", arguments: vectors)
  func refused(fault: String, bytes: String, error: CoAPError) {
    #expect(throws: error, "\(fault)") { try parse(hex(bytes)) }
  }

  @Test("The highest option number and an empty value are fine")
  func borders() throws {
    let bytes = hex("30 45 e0 fef2")
    #expect(options(of: try parse(bytes), in: bytes).map(\.number) == [65_535])
  }

  @Test("A message cut at any place is refused, and so is one with a byte more", arguments: 0..<40 as Range<UInt64>)
  func truncation(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let bytes = try Sample(using: &random).written()
    for count in 0..<bytes.count {
      #expect(throws: CoAPError.self, "seed \(seed), \(count) bytes") { try parse(Array(bytes[..<count])) }
    }
    #expect(throws: CoAPError.trailingBytes) { try parse(bytes + [0]) }
  }

  @Test("Whatever one byte becomes: refused, or a message whose only encoding these bytes are")
  func mutation() throws {
    let bytes = try write(.post, token: [1, 2]) { writer in
      writer.path("est/sen")
      writer.option(.contentFormat, uint: 286)
      writer.option(.block1, block: Block(number: 3, more: true, sizeExponent: 2))
      writer.option(.requestTag, [9, 9].span)
      writer.payload([1, 2, 3].span)
    }
    for index in bytes.indices {
      for value in UInt8.min...UInt8.max {
        var mutant = bytes
        mutant[index] = value
        guard let message = try? parse(mutant) else { continue }
        #expect(try rewrite(message, in: mutant) == mutant, "byte \(index) is \(value)")
      }
    }
  }

  @Test("Noise never traps, and what parses is canonical")
  func noise() throws {
    var random = SplitMix(seed: 7252)
    for _ in 0..<20_000 {
      var bytes = random.bytes(.random(in: 2...24, using: &random))
      // A fitting length gets further than chance would.
      if bytes.count < 14, bytes.count - 2 - Int(bytes[0] & 7) >= 0 {
        bytes[0] = bytes[0] & 7 | UInt8(bytes.count - 2 - Int(bytes[0] & 7)) << 4
      }
      guard let message = try? parse(bytes) else { continue }
      #expect(try rewrite(message, in: bytes) == bytes)
    }
  }

  @Test("A cursor over bytes that are not the message's ends and does not trap")
  func foreignBytes() throws {
    let bytes = try write(.get) { $0.path("a/b/c") }
    let message = try parse(bytes)
    #expect(options(of: message, in: []).isEmpty)
    #expect(options(of: message, in: [UInt8](repeating: 0xF1, count: bytes.count)).isEmpty)
  }
}
