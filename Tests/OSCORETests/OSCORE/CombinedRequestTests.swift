import CoAP
import Testing

@testable import OSCORE

@Suite("Message 3 and the first request in one")
struct CombinedRequestTests {
  private static func message3(_ count: Int) -> [UInt8] {
    let head: [UInt8] = count < 24 ? [0x40 | UInt8(count)] : [0x58, UInt8(count)]
    return head + (0..<count).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test(
    "What goes in comes out, with message 3 in front of the ciphertext", arguments: [19, 23, 24, 130, 255])
  func roundTrip(count: Int) throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let request = try frame(.post, token: [1]) {
      $0.path("register")
      $0.option(.contentFormat, uint: 60)
      $0.payload([UInt8](repeating: 3, count: 70).span)
    }
    let message3 = Self.message3(count)
    let asked = try device.protect(request: request, message3: message3)
    #expect(try options(of: asked.frame) == [PlainOption(.oscore, hex("0900a1b2c3d4")), PlainOption(.edhoc, [])])
    let message = try Message.parse(asked.frame.span)
    let isCombined = CombinedRequest.isCombined(message, in: asked.frame.span)
    let found = try CombinedRequest.message3(of: message, in: asked.frame.span)
    #expect(isCombined && Array(asked.frame[found]) == message3)
    #expect(throws: OSCOREError.combinedRequest) { try manager.unprotect(request: asked.frame) }
    let received = try manager.unprotect(request: asked.frame, isCombined: true)
    #expect(received.frame == request)
    // Behind it, an own protected request as ever.
    let answer = try manager.protect(response: frame(.changed, token: [1]), answering: received.binding)
    _ = try device.unprotect(response: answer, answering: asked.binding)
  }

  @Test("A line's hint that a gateway adds behind changes nothing")
  func withLine() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let asked = try device.protect(request: frame(.post) { $0.path("register") }, message3: Self.message3(19)).frame
    let (outer, ciphertext) = (try options(of: asked), try payload(of: asked))
    let forwarded = try frame(.post, token: [4, 4]) {
      for option in outer { $0.option(option.number, option.value.span) }
      $0.option(.musterLine, text: "line-1")
      $0.payload(ciphertext.span)
    }
    #expect(
      try manager.unprotect(request: forwarded, isCombined: true).frame
        == frame(.post, token: [4, 4]) { $0.path("register") })
  }

  @Test(
    "A payload without a byte string in front is no combined request",
    arguments: [
      "", "58", "5813", "581800", "5900ff", "5a00000013", "60aaaaaa", "f6aaaaaa", "5fffaaaa", "59ffffaa",
      "590100aa",
    ])
  func malformed(start: String) throws {
    var manager = try Endpoint.manager()
    let request = try frame(.post) {
      $0.option(.oscore, hex("0900a1b2c3d4").span)
      $0.option(.edhoc)
      $0.payload(hex(start).span)
    }
    #expect(throws: OSCOREError.noMessage3) { try manager.unprotect(request: request, isCombined: true) }
  }

  @Test("Message 3 alone, without a ciphertext behind, is not enough; nor is a request without the option")
  func incomplete() throws {
    var manager = try Endpoint.manager()
    var device = try Endpoint.device()
    let request = try frame(.post) {
      $0.option(.oscore, hex("0900a1b2c3d4").span)
      $0.option(.edhoc)
      $0.payload(Self.message3(19).span)
    }
    #expect(throws: OSCOREError.noCiphertext) { try manager.unprotect(request: request, isCombined: true) }
    let plain = try device.protect(request: frame(.get)).frame
    #expect(throws: OSCOREError.noMessage3) { try manager.unprotect(request: plain, isCombined: true) }
    #expect(throws: OSCOREError.noMessage3) { try device.protect(request: frame(.get), message3: [0x43, 1, 2]) }
    #expect(throws: OSCOREError.noMessage3) { try device.protect(request: frame(.get), message3: [0x42, 1, 2, 3]) }
  }
}
