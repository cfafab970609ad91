import CoAP
import TestKit
import Testing

@testable import OSCORE

@Suite("Protected and unprotected in place")
struct RoundTripTests {
  @Test("Random requests and their answers come out as they went in", arguments: 0..<8 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    for _ in 0..<100 {
      let request = try Sample(asking: true, using: &random).written()
      let response = try Sample(asking: false, using: &random).written()
      // Both directions on one context.
      if Bool.random(using: &random) {
        try self.exchange(&device, &manager, request, response)
      } else {
        try self.exchange(&manager, &device, request, response)
      }
    }
  }

  private func exchange(
    _ client: inout Endpoint, _ server: inout Endpoint, _ request: [UInt8], _ response: [UInt8]
  ) throws {
    let asked = try client.protect(request: request)
    let received = try server.unprotect(request: asked.frame)
    #expect(try received.frame == withoutOuterOptions(request))
    #expect(received.binding == asked.binding)
    let answer = try server.protect(response: response, answering: received.binding)
    #expect(try client.unprotect(response: answer, answering: asked.binding) == response)
  }

  @Test("What a message needs is the overhead promised, and one byte less is refused with the message untouched")
  func room() throws {
    for payloadBytes in [0, 1, 11, 200, 240, 268, 1000] {
      let request = try frame(.post, token: [1]) {
        $0.path("register")
        $0.payload([UInt8](repeating: 7, count: payloadBytes).span)
      }
      var device = try Endpoint.device()
      let count = try device.protect(request: request).frame.count
      #expect(count - request.count <= OSCOREContext.maxOverheadBytes)
      var other = try Endpoint.device()
      #expect(throws: OSCOREError.noSpace) { try other.protect(request: request, room: count - request.count - 1) }
      #expect(other.context.senderSequenceNumber == 0)
      let again = try other.protect(request: request, room: count - request.count)
      #expect(again.frame.count == count)
    }
  }

  @Test("Options for forwarders move outside in their order, around the OSCORE option")
  func outerOptions() throws {
    var manager = try Endpoint.manager()
    var device = try Endpoint.device()
    let request = try frame(.post, token: [9, 9]) {
      $0.option(.ifMatch, [1, 2].span)
      $0.option(.uriHost, text: "line-1.gateway")
      $0.option(.uriPort, uint: 5683)
      $0.option(.uriPath, text: "csr")
      $0.option(.hopLimit, uint: 16)
      $0.option(.proxyScheme, text: "coap")
      $0.option(.size1, uint: 100)
      $0.option(.musterLine, text: "line-1")
      $0.option(OptionNumber(rawValue: 65001), text: "unknown")
      $0.payload([1, 2, 3].span)
    }
    let protected = try manager.protect(request: request).frame
    #expect(
      try options(of: protected).map(\.number) == [.uriHost, .uriPort, .oscore, .hopLimit, .proxyScheme, .musterLine])
    #expect(try options(of: protected).first?.value == Array("line-1.gateway".utf8))
    let expected = try frame(.post, token: [9, 9]) {
      $0.option(.ifMatch, [1, 2].span)
      $0.option(.uriPath, text: "csr")
      $0.option(.size1, uint: 100)
      $0.option(OptionNumber(rawValue: 65001), text: "unknown")
      $0.payload([1, 2, 3].span)
    }
    #expect(try device.unprotect(request: protected).frame == expected)
  }

  @Test("Class U options of any length close up without a byte lost", arguments: 100..<108 as Range<UInt64>)
  func gaps(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let outer: [OptionNumber] = [.uriHost, .uriPort, .hopLimit, .proxyScheme, .musterLine]
    for _ in 0..<100 {
      var manager = try Endpoint.manager()
      var device = try Endpoint.device()
      let numbers = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        Bool.random(using: &random)
          ? outer.randomElement(using: &random) ?? .uriHost
          : OptionNumber(
            rawValue: [1, 11, 12, 23, 60, 258, 292, 300, 600, 2049, 64_999].randomElement(using: &random) ?? 1)
      }.sorted()
      let request = try frame(.put, token: random.bytes(2)) { writer in
        for number in numbers {
          writer.option(
            number, random.bytes([0, 1, 12, 13, 14, 268, 269, 270].randomElement(using: &random) ?? 0).span)
        }
        writer.payload(random.bytes(40).span)
      }
      let protected = try manager.protect(request: request, room: request.count + OSCOREContext.maxOverheadBytes).frame
      let plain = try options(of: request).filter { outer.contains($0.number) }
      #expect(try options(of: protected).filter { $0.number != .oscore } == plain)
      let inner = try options(of: request).filter { !outer.contains($0.number) }
      let received = try device.unprotect(request: protected).frame
      #expect(try options(of: received) == inner)
      #expect(try payload(of: received) == payload(of: request))
    }
  }

  @Test("Nothing of path, options, payload or code is seen outside")
  func opacity() throws {
    var device = try Endpoint.device()
    var seen: Set<UInt8> = []
    for code in [Code.get, .put, .delete] {
      let request = try frame(code, token: [0x77]) {
        $0.path("register")
        $0.option(.contentFormat, uint: 60)
        $0.option(.echo, hex("00ffee11").span)
        $0.payload(Array("thing-0815 says hello".utf8).span)
      }
      let protected = try device.protect(request: request).frame
      for part in [
        Array("register".utf8), Array("thing".utf8), Array("0815".utf8), Array("hello".utf8), hex("00ffee11"),
      ] {
        #expect(!protected.contains(part))
      }
      #expect(try options(of: protected).map(\.number) == [.oscore])
      seen.insert(try Message.parse(protected.span).code.rawValue)
    }
    #expect(seen == [Code.post.rawValue])
  }

  @Test("The token is the hop's: who forwards may change it")
  func token() throws {
    var device = try Endpoint.device()
    var manager = try Endpoint.manager()
    let protected = try device.protect(request: frame(.get, token: [1]) { $0.path("time") }).frame
    let body = try protected[Message.parse(protected.span).options.lowerBound...]
    let forwarded = frame(.post, token: [9, 8, 7, 6, 5, 4, 3, 2], body: Array(body))
    let received = try manager.unprotect(request: forwarded).frame
    #expect(try received == frame(.get, token: [9, 8, 7, 6, 5, 4, 3, 2]) { $0.path("time") })
  }
}
