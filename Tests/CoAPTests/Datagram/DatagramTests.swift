import TestKit
import Testing

@testable import CoAP

@Suite("Datagrams, RFC 7252 §3")
struct DatagramTests {
  // The messages of RFC 7252, appendix A, figures 16 to 21.
  private static let published: [(bytes: String, type: DatagramType, code: Code, id: UInt16, token: [UInt8])] = [
    ("40 01 7d34 bb 74656d7065726174757265", .confirmable, .get, 0x7D34, []),
    ("60 45 7d34 ff 32322e332043", .acknowledgement, .content, 0x7D34, []),
    ("41 01 7d35 20 bb 74656d7065726174757265", .confirmable, .get, 0x7D35, [0x20]),
    ("61 45 7d35 20 ff 32322e332043", .acknowledgement, .content, 0x7D35, [0x20]),
    ("51 01 7d40 75 bb 74656d7065726174757265", .nonConfirmable, .get, 0x7D40, [0x75]),
    ("51 45 23bc 75 ff 32322e332043", .nonConfirmable, .content, 0x23BC, [0x75]),
    ("60 00 7d38", .acknowledgement, .empty, 0x7D38, []),
    ("70 00 23bb", .reset, .empty, 0x23BB, []),
    ("40 00 0001", .confirmable, .empty, 1, []),
  ]

  @Test("The RFC's own examples are read as they are meant", arguments: published.indices)
  func examples(index: Int) throws {
    let example = Self.published[index]
    let bytes = hex(example.bytes)
    let datagram = try parsed(bytes)
    #expect(datagram.type == example.type)
    #expect(datagram.messageID == example.id)
    #expect(datagram.message.code == example.code)
    #expect((0..<datagram.message.token.count).map { datagram.message.token[$0] } == example.token)
    if example.code == .get {
      let matches = datagram.message.matches(path: "temperature", in: bytes.span)
      #expect(matches)
    } else if example.code == .content {
      #expect(Array(bytes[datagram.message.payload]) == Array("22.3 C".utf8))
    }
  }

  static let faults: [(fault: String, bytes: String, error: DatagramError)] = [
    ("no bytes", "", .truncated),
    ("half a header", "40 01 7d", .truncated),
    ("version 0", "00 01 7d34", .unknownVersion),
    ("version 2", "80 01 7d34", .unknownVersion),
    ("version 3", "c0 01 7d34", .unknownVersion),
    ("a token of nine bytes", "49 01 7d34 000102030405060708", .tokenTooLong),
    ("a token nibble of 15", "4f 01 7d34 000102030405060708090a0b0c0d0e", .tokenTooLong),
    ("half of the token is missing", "42 01 7d34 aa", .truncated),
    ("a signal", "40 e2 7d34", .signal),
    ("a code of class 1", "40 21 7d34", .message(.reservedCode)),
    ("an acknowledgement with a request", "60 01 7d34", .acknowledgedRequest),
    ("a reset with a response", "70 45 7d34", .resetNotEmpty),
    ("a reset with a token", "71 00 7d34 aa", .resetNotEmpty),
    ("a reset with a byte behind it", "70 00 7d34 aa", .resetNotEmpty),
    ("an empty message that is not confirmable", "50 00 7d34", .emptyNonConfirmable),
    ("a Ping with a token", "41 00 7d34 aa", .message(.emptyMessageNotEmpty)),
    ("an empty acknowledgement with an option", "60 00 7d34 b0", .message(.emptyMessageNotEmpty)),
    ("a payload marker without a payload", "40 45 7d34 ff", .message(.emptyPayload)),
    ("a delta nibble of 15", "40 45 7d34 f1 00", .message(.reservedNibble)),
    ("a value longer than the datagram", "40 45 7d34 b2 61", .message(.truncated)),
  ]

  @Test("Each fault is refused with its own error", arguments: faults.indices)
  func refused(index: Int) {
    let (fault, bytes, error) = Self.faults[index]
    #expect(throws: error, "\(fault)") { try parsed(hex(bytes)) }
  }

  @Test("A header can be read where the rest is malformed, so that it can be rejected by its number")
  func header() throws {
    let header = try DatagramHeader(hex("4f 21 7d34").span)
    #expect(header == DatagramHeader(type: .confirmable, code: Code(1, 1), messageID: 0x7D34, tokenBytes: 15))
    for count in 0..<4 {
      let short = Array(hex("40 00 0001")[..<count])
      #expect(throws: DatagramError.truncated) { try DatagramHeader(short.span) }
    }
  }

  @Test("Writing a header refuses a token that none has, and a buffer without room")
  func headerFaults() {
    let header = DatagramHeader(type: .reset, code: .empty, messageID: 1)
    var three: [UInt8] = [0, 0, 0]
    #expect(throws: DatagramError.noSpace) {
      var buffer = three.mutableSpan
      try header.write(into: &buffer)
    }
    var four: [UInt8] = [0, 0, 0, 0]
    #expect(throws: DatagramError.tokenTooLong) {
      var buffer = four.mutableSpan
      try DatagramHeader(type: .confirmable, code: .get, messageID: 1, tokenBytes: 9).write(into: &buffer)
    }
  }

  @Test("A frame becomes a datagram and back, byte for byte", arguments: 0..<200 as Range<UInt64>)
  func conversion(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let original = try Sample(using: &random).written()
    let type = try parse(original).code.isRequest ? DatagramType.confirmable : .acknowledgement
    let bytes = try datagram(of: original, type, id: 0xBEEF)
    #expect(try parsed(bytes).messageID == 0xBEEF, "seed \(seed)")
    #expect(try frame(of: bytes) == original, "seed \(seed)")
    // With the token of another hop, and that one's back again.
    let hop = random.bytes(8)
    let own = try parse(original).token
    let there = try datagram(of: original, type, id: 1, token: hop)
    let back = try frame(of: there, token: (0..<own.count).map { own[$0] })
    #expect(back == original, "seed \(seed)")
  }

  @Test(
    "A datagram cut at any place is refused, or is the shorter message that these bytes are",
    arguments: 0..<40 as Range<UInt64>)
  func truncation(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let bytes = try datagram(of: try Sample(using: &random).written(), .confirmable, id: 7)
    for count in 0..<bytes.count {
      let cut = Array(bytes[..<count])
      guard let shorter = try? parsed(cut) else { continue }
      // UDP has no length of its own, so a cut behind an option, or in the payload, leaves a message.
      #expect(count >= 4 + shorter.message.token.count, "seed \(seed), \(count) bytes")
      #expect(try datagram(of: frame(of: cut), .confirmable, id: 7) == cut, "seed \(seed), \(count) bytes")
    }
  }

  @Test("Whatever one byte becomes: refused, or a message whose only encoding these bytes are")
  func mutation() throws {
    let original = try write(.post, token: [1, 2]) { writer in
      writer.path("est/sen")
      writer.option(.block1, block: Block(number: 3, more: true, sizeExponent: 2))
      writer.payload([1, 2, 3].span)
    }
    let bytes = try datagram(of: original, .confirmable, id: 0x0102)
    for index in bytes.indices {
      for value in UInt8.min...UInt8.max {
        var mutant = bytes
        mutant[index] = value
        guard let read = try? parsed(mutant) else { continue }
        let again = try datagram(of: frame(of: mutant), read.type, id: read.messageID)
        #expect(again == mutant, "byte \(index) is \(value)")
      }
    }
  }

  @Test("What is no frame, and what only reliable transports have, becomes no datagram")
  func noDatagram() {
    #expect(throws: DatagramError.signal) { try datagram(of: hex("00 e2"), .confirmable, id: 1) }
    #expect(throws: DatagramError.message(.trailingBytes)) { try datagram(of: hex("00 45 00"), .confirmable, id: 1) }
  }

  @Test("A buffer that is a byte too short is refused, both ways")
  func noSpace() throws {
    let bytes = hex(Self.published[3].bytes)
    let read = try parsed(bytes)
    let whole = try frame(of: bytes)
    var short = [UInt8](repeating: 0, count: whole.count - 1)
    #expect(throws: DatagramError.noSpace) {
      var buffer = short.mutableSpan
      _ = try read.writeFrame(of: bytes.span, token: read.message.token, into: &buffer)
    }
    short = [UInt8](repeating: 0, count: bytes.count - 1)
    #expect(throws: DatagramError.noSpace) {
      var buffer = short.mutableSpan
      _ = try Datagram.write(
        frame: whole.span, type: .acknowledgement, messageID: 1, token: read.message.token, into: &buffer)
    }
  }
}
