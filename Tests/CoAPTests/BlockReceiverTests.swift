import TestKit
import Testing

@testable import CoAP

@Suite("Receiving a body by Block1, RFC 7959 §2.5")
struct BlockReceiverTests {
  private func block(_ number: UInt32, more: Bool = true, exponent: UInt8 = 2) -> Block {
    Block(number: number, more: more, sizeExponent: exponent)
  }

  @Test("Blocks in order are stored one behind the other")
  func inOrder() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 200)
    #expect(
      receiver.receive(block(0), tag: nil, payloadBytes: 64, announcedBytes: 150)
        == .store(offset: 0, reply: block(0)))
    #expect(
      receiver.receive(block(1), tag: nil, payloadBytes: 64, announcedBytes: nil)
        == .store(offset: 64, reply: block(1)))
    #expect(
      receiver.receive(block(2, more: false), tag: nil, payloadBytes: 22, announcedBytes: nil)
        == .complete(offset: 128, bodyBytes: 150, reply: block(2, more: false)))
  }

  @Test("A payload without the option is a whole body")
  func whole() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 200)
    #expect(
      receiver.receive(nil, tag: nil, payloadBytes: 200, announcedBytes: nil)
        == .complete(offset: 0, bodyBytes: 200, reply: nil))
    #expect(
      receiver.receive(nil, tag: nil, payloadBytes: 201, announcedBytes: nil) == .tooLarge(limitBytes: 200))
  }

  @Test("A smaller size is asked for, and the sender's new numbers are understood")
  func smallerSize() {
    var receiver = BlockReceiver(largestExponent: 1, limitBytes: 400)
    #expect(
      receiver.receive(block(0, exponent: 3), tag: nil, payloadBytes: 128, announcedBytes: nil)
        == .store(offset: 0, reply: block(0, exponent: 1)))
    #expect(
      receiver.receive(block(4, exponent: 1), tag: nil, payloadBytes: 32, announcedBytes: nil)
        == .store(offset: 128, reply: block(4, exponent: 1)))
  }

  @Test("A block that is missing ends the transfer; block 0 begins a new one")
  func gap() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 400)
    _ = receiver.receive(block(0), tag: nil, payloadBytes: 64, announcedBytes: nil)
    #expect(receiver.receive(block(2), tag: nil, payloadBytes: 64, announcedBytes: nil) == .incomplete)
    #expect(receiver.receive(block(1), tag: nil, payloadBytes: 64, announcedBytes: nil) == .incomplete)
    #expect(
      receiver.receive(block(0), tag: nil, payloadBytes: 64, announcedBytes: nil)
        == .store(offset: 0, reply: block(0)))
  }

  @Test("The first block may not be a later one")
  func noFirstBlock() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 400)
    #expect(receiver.receive(block(1), tag: nil, payloadBytes: 64, announcedBytes: nil) == .incomplete)
  }

  @Test("The block just taken is answered again and not stored again")
  func repetition() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 400)
    let tag = Token(5)
    _ = receiver.receive(block(0), tag: tag, payloadBytes: 64, announcedBytes: nil)
    _ = receiver.receive(block(1), tag: tag, payloadBytes: 64, announcedBytes: nil)
    #expect(
      receiver.receive(block(1), tag: tag, payloadBytes: 64, announcedBytes: nil) == .repeated(reply: block(1)))
    #expect(
      receiver.receive(block(2, more: false), tag: tag, payloadBytes: 1, announcedBytes: nil)
        == .complete(offset: 128, bodyBytes: 129, reply: block(2, more: false)))
  }

  @Test("Blocks of two bodies do not mix: the Request-Tag tells them apart")
  func tags() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 400)
    _ = receiver.receive(block(0), tag: Token(1), payloadBytes: 64, announcedBytes: nil)
    #expect(receiver.receive(block(1), tag: Token(2), payloadBytes: 64, announcedBytes: nil) == .incomplete)
    _ = receiver.receive(block(0), tag: Token(1), payloadBytes: 64, announcedBytes: nil)
    #expect(receiver.receive(block(1), tag: nil, payloadBytes: 64, announcedBytes: nil) == .incomplete)
  }

  @Test("Too long is told as early as possible")
  func tooLarge() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 100)
    #expect(
      receiver.receive(block(0), tag: nil, payloadBytes: 64, announcedBytes: 101) == .tooLarge(limitBytes: 100))
    #expect(
      receiver.receive(block(0), tag: nil, payloadBytes: 64, announcedBytes: .max) == .tooLarge(limitBytes: 100))
    _ = receiver.receive(block(0), tag: nil, payloadBytes: 64, announcedBytes: nil)
    #expect(
      receiver.receive(block(1), tag: nil, payloadBytes: 64, announcedBytes: nil) == .tooLarge(limitBytes: 100))
  }

  @Test("A payload that does not fill its block, or does not fit it, is malformed")
  func fill() {
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 400)
    #expect(receiver.receive(block(0), tag: nil, payloadBytes: 63, announcedBytes: nil) == .malformed)
    #expect(receiver.receive(block(0, more: false), tag: nil, payloadBytes: 65, announcedBytes: nil) == .malformed)
    #expect(
      receiver.receive(block(0, exponent: 7), tag: nil, payloadBytes: 1500, announcedBytes: nil) == .malformed)
  }

  @Test("BERT carries several kilobytes in one message")
  func bert() {
    var receiver = BlockReceiver(largestExponent: 6, limitBytes: 8192)
    #expect(
      receiver.receive(block(0, exponent: 7), tag: nil, payloadBytes: 2048, announcedBytes: nil)
        == .store(offset: 0, reply: block(0, exponent: 6)))
    #expect(
      receiver.receive(block(2, more: false, exponent: 7), tag: nil, payloadBytes: 1500, announcedBytes: nil)
        == .complete(offset: 2048, bodyBytes: 3548, reply: block(2, more: false, exponent: 6)))
  }

  @Test("Any sequence of blocks leaves a body without holes or none at all", arguments: 0..<50 as Range<UInt64>)
  func chaos(seed: UInt64) {
    var random = SplitMix(seed: seed)
    var receiver = BlockReceiver(largestExponent: 2, limitBytes: 500)
    var stored = 0
    for _ in 0..<400 {
      let exponent = UInt8.random(in: 0...7, using: &random)
      let more = Bool.random(using: &random)
      let next = Block(number: UInt32(stored >> Int(min(exponent, 6) + 4)), more: more, sizeExponent: exponent)
      let wild = Block(optionValue: UInt32.random(in: 0...0xFF_FFFF, using: &random))
      let block = Int.random(in: 0..<4, using: &random) == 0 ? wild : next
      let full = block?.sizeBytes ?? 1
      let count = Bool.random(using: &random) ? full : Int.random(in: 0...full, using: &random)
      switch receiver.receive(block, tag: nil, payloadBytes: count, announcedBytes: nil) {
      case .store(let offset, _), .complete(let offset, _, _):
        #expect(offset == stored || offset == 0, "seed \(seed)")
        stored = offset + count
        #expect(stored <= 500 && stored == receiver.receivedBytes, "seed \(seed)")
      case .repeated: break
      case .incomplete, .tooLarge, .malformed: stored = 0
      }
    }
  }
}
