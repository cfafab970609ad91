import TestKit
import Testing

@testable import CoAP

@Suite("Writing messages")
struct MessageWriterTests {
  @Test("What is written is read back", arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let sample = Sample(using: &random)
    let bytes = try sample.written()
    let message = try parse(bytes)
    #expect(message.code.rawValue == sample.code, "seed \(seed)")
    #expect((0..<message.token.count).map { message.token[$0] } == sample.token, "seed \(seed)")
    #expect(Array(bytes[message.payload]) == sample.payload, "seed \(seed)")
    #expect(
      options(of: message, in: bytes).elementsEqual(sample.options) { $0.number == $1.number && $0.value == $1.value },
      "seed \(seed)")
  }

  @Test(
    "A message may fill its buffer, and one byte less is refused without trapping", arguments: 0..<40 as Range<UInt64>)
  func exactFit(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let sample = Sample(using: &random)
    let bytes = try sample.written()
    func written(into capacity: Int) throws(CoAPError) -> [UInt8] {
      try write(Code(rawValue: sample.code), token: sample.token, capacity: capacity) { writer in
        for option in sample.options { writer.option(OptionNumber(rawValue: option.number), option.value.span) }
        writer.payload(sample.payload.span)
      }
    }
    #expect(try written(into: bytes.count) == bytes)
    for capacity in 0..<bytes.count {
      #expect(throws: CoAPError.noSpace, "seed \(seed), \(capacity) bytes") { try written(into: capacity) }
    }
  }

  @Test(
    "Unsigned integers take as few bytes as they need",
    arguments: [
      (0 as UInt32, ""), (1, "01"), (255, "ff"), (256, "0100"), (65_536, "010000"), (.max, "ffffffff"),
    ])
  func integers(value: UInt32, expected: String) throws {
    let bytes = try write(.content) { $0.option(.maxAge, uint: value) }
    let message = try parse(bytes)
    #expect(options(of: message, in: bytes).first?.value == hex(expected))
    #expect(message.firstUInt(.maxAge, in: bytes.span) == value)
  }

  @Test("A path becomes one option a segment")
  func path() throws {
    let bytes = try write(.get) { $0.path(".well-known/edhoc") }
    #expect(bytes == hex("d0 05") + [1] + hex("bb") + Array(".well-known".utf8) + hex("05") + Array("edhoc".utf8))
    let none = try write(.get) { $0.path("") }
    #expect(none == hex("00 01"))
  }

  @Test("Options in descending order are a fault that stays")
  func order() {
    #expect(throws: CoAPError.optionOrder) {
      try write(.get) { writer in
        writer.option(.contentFormat, uint: 60)
        writer.option(.uriPath, text: "a")
        writer.option(.accept, uint: 60)
      }
    }
  }

  @Test("An option after the payload is a fault")
  func optionAfterPayload() {
    #expect(throws: CoAPError.optionOrder) {
      try write(.get) { writer in
        writer.payload([1].span)
        writer.option(.accept, uint: 60)
      }
    }
  }

  @Test("A payload written in place stands behind its marker; none leaves no marker")
  func inPlace() throws {
    let bytes = try write(.content) { writer in
      writer.payload { room in
        room[0] = 0xAB
        return 1
      }
    }
    #expect(bytes == hex("20 45 ff ab"))
    #expect(try write(.content) { $0.payload { _ in 0 } } == hex("00 45"))
  }
}
