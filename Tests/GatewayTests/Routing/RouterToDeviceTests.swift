import CoAP
import CoAPStream
import Testing

@testable import Gateway

@Suite("The router, from the manager to a device")
struct RouterToDeviceTests {
  @Test("A request goes to the line that Uri-Host names, without Uri-Host and with the gateway's own token")
  func forwards() throws {
    var fixture = RouterFixture()
    let request = RouterFixture.request(
      .post, "csr", host: "B.Site-1", token: [1, 2, 3, 4], [.init(.contentFormat, [60]), .init(.musterLine, [1])])
    let (_, actions) = fixture.fromManager(request)
    let sent = try #require(actions.sent(on: RouterFixture.b).first)
    #expect(actions.count == 1)
    #expect(sent.comparableOptions == [.init(.uriPath, Array("csr".utf8)), .init(.contentFormat, [60])])
    #expect(sent.token.count == 1)
  }

  @Test("The device's answer goes back to the exchange that asked")
  func answers() throws {
    var fixture = RouterFixture()
    let (id, request) = try fixture.delivered("csr")
    let actions = fixture.fromDevice(RouterFixture.answer(.changed, to: request, payload: [1, 2]))
    let answer = try #require(actions.answered.first)
    #expect(answer.id == id)
    #expect(answer.message.code == .changed)
    #expect(answer.message.payload == [1, 2])
  }

  @Test("An answer that overtakes the link's acknowledgement counts, and the next request waits for the line")
  func overtaking() throws {
    var fixture = RouterFixture()
    let (_, actions) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    let first = try #require(actions.sent(on: RouterFixture.a).first)
    let (_, waiting) = fixture.fromManager(RouterFixture.request(.post, "csr", host: "a.site-1"))
    #expect(waiting == [])
    let answered = fixture.fromDevice(RouterFixture.answer(.content, to: first))
    #expect(answered.answered.count == 1)
    #expect(answered.sent(on: RouterFixture.a).isEmpty)
    let next = fixture.router.lineDelivered(RouterFixture.a, now: fixture.now)
    #expect(next.sent(on: RouterFixture.a).count == 1)
  }

  @Test(
    "Who is not here is 4.04",
    arguments: [nil, "a", "c.site-1", "a.site-2", "a.site-1.net", ".site-1", "A_.site-1", ""] as [String?])
  func unknown(host: String?) throws {
    var fixture = RouterFixture()
    let (id, actions) = fixture.fromManager(RouterFixture.request(.get, "status", host: host))
    let answer = try #require(actions.answered.first)
    #expect(answer.id == id)
    #expect(answer.message.code == .notFound)
  }

  @Test("What only the holder of the line may ask is never forwarded", arguments: ["id", "provision", "id/x"])
  func directLineOnly(path: String) throws {
    var fixture = RouterFixture()
    for method in [Code.get, .post, .put, .fetch] {
      let (_, actions) = fixture.fromManager(RouterFixture.request(method, path, host: "a.site-1"))
      #expect(actions.answered.map(\.message.code) == [.forbidden])
      #expect(actions.count == 1)
    }
  }

  @Test(
    "A path that two readers could read differently is not forwarded",
    arguments: [["", "id"], ["", "", "provision"], [".", "id"], ["status", "..", "id"], ["id/"], ["status/../id"]])
  func crookedPaths(path: [String]) throws {
    var fixture = RouterFixture()
    var request = CoAPMessage(code: .get)
    request.uriHost = "a.site-1"
    for segment in path { request.add(.uriPath, segment) }
    let (_, actions) = fixture.fromManager(request)
    #expect(actions.sent(on: RouterFixture.a).isEmpty)
    #expect(actions.answered.count == 1)
  }

  @Test("A request for another proxy is 5.05, an unsafe option unknown here 4.02")
  func options() {
    var fixture = RouterFixture()
    for (option, code) in [
      (OptionNumber.proxyUri, Code.proxyingNotSupported), (.proxyScheme, .proxyingNotSupported),
      (.noResponse, .badOption), (OptionNumber(rawValue: 65_003), .badOption),
    ] {
      let request = RouterFixture.request(.get, "status", host: "a.site-1", [.init(option, [1])])
      #expect(fixture.fromManager(request).actions.answered.map(\.message.code) == [code])
    }
  }

  @Test("An answer with an unsafe option unknown here is 5.02")
  func unsafeAnswer() throws {
    var fixture = RouterFixture()
    let (id, request) = try fixture.delivered("status")
    var answer = RouterFixture.answer(.content, to: request)
    answer.add(OptionNumber(rawValue: 65_003), [1])
    let actions = fixture.fromDevice(answer)
    #expect(actions.answered.map(\.message.code) == [.badGateway])
    #expect(actions.answered.map(\.id) == [id])
  }

  @Test("A request to observe is a plain request: the gateway does not observe")
  func observe() throws {
    var fixture = RouterFixture()
    let request = RouterFixture.request(.get, "status", host: "a.site-1", [.init(.observe, [])])
    let sent = try #require(fixture.fromManager(request).actions.sent(on: RouterFixture.a).first)
    #expect(sent.options.map(\.number) == [.uriPath])
  }

  @Test("A request longer than the device takes is 4.13 at once, with the block size that fits")
  func tooLong() throws {
    var fixture = RouterFixture()
    var request = RouterFixture.request(.put, "crt", host: "a.site-1")
    request.payload = Array(repeating: 0, count: 1_024)
    let answer = try #require(fixture.fromManager(request).actions.answered.first).message
    #expect(answer.code == .requestEntityTooLarge)
    #expect(answer.block1?.sizeBytes == 512)
  }

  @Test("A line whose device is not there is 5.03 with Max-Age")
  func lineDown() throws {
    var fixture = RouterFixture(linesUp: false)
    let (_, actions) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    let answer = try #require(actions.answered.first).message
    #expect(answer.code == .serviceUnavailable)
    #expect(answer.comparableOptions == [.init(.maxAge, [5])])
  }

  @Test("The queue of a line is bounded, and every other line has its own")
  func queue() throws {
    var fixture = RouterFixture(limits: RouterLimits(queuedRequests: 3))
    let request = RouterFixture.request(.get, "status", host: "a.site-1")
    var refused: [Code] = []
    for _ in 0..<10 { refused += fixture.fromManager(request).actions.answered.map(\.message.code) }
    #expect(refused == Array(repeating: .serviceUnavailable, count: 6))
    #expect(fixture.router.requestsInProgress(on: RouterFixture.a) == 4)
    #expect(try fixture.delivered("status", on: RouterFixture.b).request.code == .post)
  }

  @Test("One request at a time is on a line; answers to the device go before the next")
  func order() throws {
    var fixture = RouterFixture()
    let (_, first) = try fixture.delivered("status")
    _ = fixture.fromManager(RouterFixture.request(.post, "csr", host: "a.site-1"))
    let asked = try #require(fixture.fromDevice(RouterFixture.request(.post, "report", token: [9])).asked.first)
    // The device answers while the manager's answer is already waiting for the line.
    let manager = fixture.router.managerAnswered(asked.id, CoAPMessage(code: .changed), now: fixture.now)
    #expect(manager.sent(on: RouterFixture.a).map(\.code) == [.changed])
    let answered = fixture.fromDevice(RouterFixture.answer(.content, to: first))
    #expect(answered.sent(on: RouterFixture.a).isEmpty)
    let next = fixture.router.lineDelivered(RouterFixture.a, now: fixture.now)
    #expect(next.sent(on: RouterFixture.a).map(\.code) == [.post])
  }

  @Test("An answer to nothing, or to what was given up, is counted and dropped")
  func unmatched() throws {
    var fixture = RouterFixture()
    let (_, request) = try fixture.delivered("status")
    #expect(fixture.fromDevice(CoAPMessage(code: .content, token: Token([99].span)!)) == [])
    #expect(fixture.fromDevice(RouterFixture.answer(.content, to: request)).count == 1)
    #expect(fixture.fromDevice(RouterFixture.answer(.content, to: request)) == [])
    #expect(fixture.router.counters(of: RouterFixture.a).unmatched == 2)
  }
}
