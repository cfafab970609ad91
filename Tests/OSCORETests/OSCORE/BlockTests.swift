import CoAP
import Testing

@testable import OSCORE

@Suite("Block-wise transfers inside")
struct InnerBlockTests {
  @Test("A body of 3,000 bytes goes block by block under its Request-Tag, and a lost answer is asked for again")
  func upload() throws {
    var manager = try Endpoint.manager()
    var device = try Endpoint.device()
    let body = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    var sender = BlockSender(bodyBytes: body.count, sizeExponent: 6)
    var receiver = BlockReceiver(largestExponent: 4, limitBytes: 4000)
    var stored = [UInt8](repeating: 0, count: 4000)
    var storedBytes = 0
    var round = 0
    transfer: while true {
      round += 1
      try #require(round < 40)
      let request = try frame(.put, token: [UInt8(round)]) {
        $0.path("crt")
        $0.option(.contentFormat, uint: 281)
        $0.option(.block1, block: sender.block)
        $0.option(.requestTag, tag: token([0xAB, 0xCD]))
        $0.payload(body.span.extracting(sender.range))
      }
      let asked = try manager.protect(request: request)
      let outer = try options(of: asked.frame).map(\.number)
      #expect(outer == [.oscore])

      let received = try device.unprotect(request: asked.frame)
      let message = try Message.parse(received.frame.span)
      let outcome = receiver.receive(
        try message.block(.block1, in: received.frame.span), tag: message.tag(.requestTag, in: received.frame.span),
        payloadBytes: message.payload.count, announcedBytes: nil)
      let code: Code
      let reply: Block?
      switch outcome {
      case .store(let offset, let block):
        for (index, byte) in received.frame[message.payload].enumerated() { stored[offset + index] = byte }
        (code, reply) = (.continue, block)
      case .complete(let offset, let bodyBytes, let block):
        for (index, byte) in received.frame[message.payload].enumerated() { stored[offset + index] = byte }
        storedBytes = bodyBytes
        (code, reply) = (.changed, block)
      case .repeated(let block): (code, reply) = (.continue, block)
      case .incomplete, .tooLarge, .malformed:
        Issue.record("the device refused \(outcome) in round \(round)")
        return
      }
      let answer = try device.protect(
        response: frame(code, token: [UInt8(round)]) { writer in
          if let reply { writer.option(.block1, block: reply) }
        }, answering: received.binding)
      // The third answer is lost: the manager asks again, as a new message.
      if round == 3 { continue }
      let plain = try manager.unprotect(response: answer, answering: asked.binding)
      let response = try Message.parse(plain.span)
      switch sender.receive(response.code, reply: try response.block(.block1, in: plain.span)) {
      case .next, .restart: continue
      case .finished: break transfer
      case .malformed:
        Issue.record("the manager could not follow in round \(round)")
        return
      }
    }
    #expect(Array(stored[..<storedBytes]) == body)
  }

  @Test("A body served by Block2 is fetched whole")
  func download() throws {
    var manager = try Endpoint.manager()
    var device = try Endpoint.device()
    let body = (0..<1700).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var fetch = BlockFetch(sizeExponent: 4, limitBytes: 4000)
    var fetched = [UInt8](repeating: 0, count: 4000)
    for _ in 0..<20 {
      let asked = try manager.protect(
        request: frame(.get, token: [1]) {
          $0.path("crt")
          $0.option(.block2, block: fetch.next)
        })
      let received = try device.unprotect(request: asked.frame)
      let message = try Message.parse(received.frame.span)
      let slice = try BlockSlice(
        bodyBytes: body.count, asked: message.block(.block2, in: received.frame.span), largestExponent: 6)
      let answer = try device.protect(
        response: frame(.content, token: [1]) { writer in
          writer.option(.eTag, tag: token([5]))
          if let block = slice.block { writer.option(.block2, block: block) }
          writer.payload(body.span.extracting(slice.range))
        }, answering: received.binding)
      let plain = try manager.unprotect(response: answer, answering: asked.binding)
      let response = try Message.parse(plain.span)
      let outcome = fetch.receive(
        try response.block(.block2, in: plain.span), tag: response.tag(.eTag, in: plain.span),
        payloadBytes: response.payload.count)
      switch outcome {
      case .store(let offset):
        for (index, byte) in plain[response.payload].enumerated() { fetched[offset + index] = byte }
      case .complete(let offset, let bodyBytes):
        for (index, byte) in plain[response.payload].enumerated() { fetched[offset + index] = byte }
        #expect(Array(fetched[..<bodyBytes]) == body)
        return
      case .changed, .tooLarge, .malformed:
        Issue.record("\(outcome)")
        return
      }
    }
    Issue.record("the body never ended")
  }
}
