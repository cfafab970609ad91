import OSCORE
import Testing

@testable import OSCORE

@Suite("EDHOC: what was tampered with makes no session")
struct TamperingTests {
  @Test(
    "Every byte of messages 2, 3 and 4, spoilt in three ways, is refused, and nothing is kept",
    arguments: [2, 3, 4], [CredentialTransfer.keyIdentifier, .value])
  func spoiltBytes(number: Int, transfer: CredentialTransfer) throws {
    var model = try EstablishedPair()
    try model.run(upTo: number, transfer, ead: [0x18, 0x40])
    for position in model.messages[number - 1].indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var pair = try EstablishedPair()
        try pair.run(upTo: number, transfer, ead: [0x18, 0x40])
        var message = pair.messages[number - 1]
        message[position] ^= mask
        let error = refusal { () throws(EDHOCError) in try pair.deliver(message, number: number) }
        #expect(error != nil, "message \(number), byte \(position), mask \(mask)")
        let receiver = number == 3 ? pair.responder.isComplete : pair.initiator.isComplete
        #expect(!receiver, "message \(number), byte \(position), mask \(mask)")
        guard error != .wrongMAC, error != .errorMessage else { continue }
        #expect(number == 3 ? pair.responder.crypto.ephemeral.isEmpty : pair.initiator.crypto.ephemeral.isEmpty)
      }
    }
  }

  @Test("Every byte of message 1, spoilt in three ways: the two never agree")
  func spoiltMessage1() throws {
    for position in 0..<39 {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var pair = try EstablishedPair()
        try pair.run(upTo: 1, ead: [0x18, 0x40])
        var message = pair.messages[0]
        try #require(message.count == 39)
        message[position] ^= mask
        let error = refusal { () throws(EDHOCError) in
          try pair.deliver(message, number: 1)
          let answer = try pair.responder.message2([1, 2, 3, 4], pair.responderCredential)
          try pair.deliver(answer, number: 2)
        }
        #expect(error != nil, "byte \(position), mask \(mask)")
      }
    }
  }

  @Test("Every beginning of a message is refused as cut off, or for what is missing", arguments: 1...4)
  func truncations(number: Int) throws {
    var model = try EstablishedPair()
    try model.run(upTo: number)
    for count in 0..<model.messages[number - 1].count {
      var pair = try EstablishedPair()
      try pair.run(upTo: number)
      let message = Array(pair.messages[number - 1][..<count])
      let error = refusal { () throws(EDHOCError) in try pair.deliver(message, number: number) }
      #expect(error == .truncated, "message \(number), \(count) bytes")
    }
  }

  @Test("Honest byte strings that are too short are refused as well", arguments: 2...4)
  func shortContents(number: Int) throws {
    var model = try EstablishedPair()
    try model.run(upTo: number)
    let headBytes = number == 2 ? 2 : number == 3 ? 2 : 1
    for count in 0..<model.messages[number - 1].count - headBytes {
      var pair = try EstablishedPair()
      try pair.run(upTo: number)
      let contents = pair.messages[number - 1][headBytes...].prefix(count)
      let head: [UInt8] = count < 24 ? [0x40 | UInt8(count)] : [0x58, UInt8(count)]
      let error = refusal { () throws(EDHOCError) in try pair.deliver(head + contents, number: number) }
      #expect(error != nil, "message \(number), \(count) bytes")
    }
  }

  @Test(
    "A byte or an item behind the end is refused",
    arguments: [(1, EDHOCError.malformed), (2, .trailingBytes), (3, .trailingBytes), (4, .trailingBytes)])
  func trailing(number: Int, expected: EDHOCError) throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: number)
    // Behind message 1 stands EAD, and a text is none.
    let message = pair.messages[number - 1] + [0x60]
    #expect(refusal { () throws(EDHOCError) in try pair.deliver(message, number: number) } == expected)
  }

  @Test("Messages longer than the limit are refused before anything is computed", arguments: 1...4)
  func tooLong(number: Int) throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: number)
    let message = [0x58, 0xE0] + [UInt8](repeating: 0, count: 0xE0)
    #expect(refusal { () throws(EDHOCError) in try pair.deliver(message, number: number) } == .tooLong)
    // Within the message's limit, but not the plaintext's.
    guard number > 1 else { return }
    var second = try EstablishedPair()
    try second.run(upTo: number)
    let count = EDHOC.maxPlaintextBytes + (number == 2 ? EDHOC.coordinateBytes : 8) + 1
    let plaintext =
      [0x58, UInt8(count)] + second.messages[number - 1].suffix(1) + [UInt8](repeating: 1, count: count - 1)
    #expect(refusal { () throws(EDHOCError) in try second.deliver(plaintext, number: number) } == .tooLong)
  }

  @Test("A message of one session is worth nothing in another", arguments: 2...4)
  func replays(number: Int) throws {
    var (yesterday, today) = (try EstablishedPair(), try EstablishedPair())
    try yesterday.run(upTo: number)
    try today.run(upTo: number)
    let message = yesterday.messages[number - 1]
    #expect(refusal { () throws(EDHOCError) in try today.deliver(message, number: number) } != nil)
    #expect(!(number == 3 ? today.responder.isComplete : today.initiator.isComplete))
  }
}
