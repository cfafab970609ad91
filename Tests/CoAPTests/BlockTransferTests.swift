import Testing

@testable import CoAP

@Suite("Whole transfers between our two ends")
struct BlockTransferTests {
  @Test(
    "A body of any length arrives whole at any pair of sizes", arguments: [0, 1, 15, 16, 17, 64, 100, 512, 1000, 3000])
  func upload(bodyBytes: Int) {
    for sent in UInt8(0)...6 {
      for taken in UInt8(0)...6 {
        var sender = BlockSender(bodyBytes: bodyBytes, sizeExponent: sent)
        var receiver = BlockReceiver(largestExponent: taken, limitBytes: 3000)
        var stored = 0
        var messages = 0
        transfer: while messages < 400 {
          messages += 1
          let range = sender.range
          switch receiver.receive(sender.block, tag: nil, payloadBytes: range.count, announcedBytes: nil) {
          case .store(let offset, let reply):
            #expect(offset == range.lowerBound)
            stored = range.upperBound
            #expect(sender.receive(.continue, reply: reply) == .next)
          case .complete(let offset, let total, let reply):
            #expect(offset == range.lowerBound && total == bodyBytes)
            stored = range.upperBound
            #expect(sender.receive(.changed, reply: reply) == .finished)
            break transfer
          default:
            Issue.record("\(bodyBytes) bytes, sent \(sent), taken \(taken)")
            break transfer
          }
        }
        #expect(stored == bodyBytes)
      }
    }
  }

  @Test("A server that answers 4.13 with a smaller size gets the body in that size")
  func smallerAfterRefusal() {
    var sender = BlockSender(bodyBytes: 100, sizeExponent: 6)
    #expect(!sender.block.more)
    let smaller = Block(number: 0, more: true, sizeExponent: 1)
    #expect(sender.receive(.requestEntityTooLarge, reply: smaller) == .restart)
    #expect(sender.range == 0..<32 && sender.block == smaller)
    #expect(sender.receive(.requestEntityTooLarge, reply: smaller) == .finished)
  }

  @Test("2.31 for another block, or after the last, is malformed")
  func wrongContinue() {
    var sender = BlockSender(bodyBytes: 100, sizeExponent: 2)
    #expect(sender.receive(.continue, reply: Block(number: 1, more: true, sizeExponent: 2)) == .malformed)
    #expect(sender.receive(.continue, reply: nil) == .malformed)
    #expect(sender.receive(.continue, reply: sender.block) == .next)
    #expect(sender.receive(.continue, reply: sender.block) == .malformed)
  }

  @Test("A body of any length is fetched whole at any pair of sizes", arguments: [0, 1, 16, 17, 64, 100, 1000, 3000])
  func download(bodyBytes: Int) throws {
    for asked in UInt8(0)...6 {
      for served in UInt8(0)...6 {
        var fetch = BlockFetch(sizeExponent: asked, limitBytes: 3000)
        var option: Block? = nil
        var stored = 0
        transfer: for _ in 0..<400 {
          let slice = try BlockSlice(bodyBytes: bodyBytes, asked: option, largestExponent: served)
          switch fetch.receive(slice.block, tag: Token(1), payloadBytes: slice.range.count) {
          case .store(let offset):
            #expect(offset == slice.range.lowerBound)
            option = fetch.next
          case .complete(let offset, let total):
            #expect(offset == slice.range.lowerBound)
            stored = total
            break transfer
          default:
            Issue.record("\(bodyBytes) bytes, asked \(asked), served \(served)")
            break transfer
          }
        }
        #expect(stored == bodyBytes)
      }
    }
  }

  @Test("A body that changes while it is fetched is noticed by its ETag")
  func changed() {
    var fetch = BlockFetch(sizeExponent: 2, limitBytes: 1000)
    _ = fetch.receive(Block(number: 0, more: true, sizeExponent: 2), tag: Token(1), payloadBytes: 64)
    #expect(
      fetch.receive(Block(number: 1, more: true, sizeExponent: 2), tag: Token(2), payloadBytes: 64) == .changed)
    #expect(fetch.receive(Block(number: 1, more: true, sizeExponent: 2), tag: nil, payloadBytes: 64) == .changed)
  }

  @Test("A block that was not asked for, is not full, or goes beyond the limit ends the fetch")
  func badResponses() {
    var fetch = BlockFetch(sizeExponent: 2, limitBytes: 100)
    #expect(fetch.receive(Block(number: 1, more: true, sizeExponent: 2), tag: nil, payloadBytes: 64) == .malformed)
    #expect(fetch.receive(Block(number: 0, more: true, sizeExponent: 2), tag: nil, payloadBytes: 63) == .malformed)
    var long = BlockFetch(sizeExponent: 2, limitBytes: 100)
    _ = long.receive(Block(number: 0, more: true, sizeExponent: 2), tag: nil, payloadBytes: 64)
    #expect(long.receive(Block(number: 1, more: false, sizeExponent: 2), tag: nil, payloadBytes: 64) == .tooLarge)
  }
}
