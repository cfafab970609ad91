import CoAP
import CoAPStream
import TestKit
import Testing

@testable import Gateway

@Suite("The router, from a device to the manager")
struct RouterToManagerTests {
  @Test("A request goes on with the line's name and without what the device said about routes")
  func forwards() throws {
    var fixture = RouterFixture()
    let claims = RouterFixture.request(
      .post, "register", host: "manager", token: [7],
      [
        .init(.uriPort, [0x16]), .init(.contentFormat, [60]), .init(.proxyUri, Array("coap://elsewhere".utf8)),
        .init(.proxyScheme, Array("http".utf8)), .init(.musterLine, Array("b".utf8)),
      ])
    let asked = try #require(fixture.fromDevice(claims).asked.first)
    #expect(asked.message.code == .post)
    #expect(
      asked.message.comparableOptions == [
        .init(.uriPath, Array("register".utf8)), .init(.contentFormat, [60]), .init(.musterLine, Array("a".utf8)),
      ])
  }

  @Test("The answer goes back to the device under the device's own token")
  func answers() throws {
    var fixture = RouterFixture()
    let id = try #require(fixture.fromDevice(RouterFixture.request(.post, "register", token: [7, 8])).asked.first).id
    let actions = fixture.router.managerAnswered(id, CoAPMessage(code: .changed, payload: [0xA0]), now: fixture.now)
    let sent = try #require(actions.sent(on: RouterFixture.a).first)
    #expect(sent.code == .changed)
    #expect(sent.token == Token([7, 8].span))
    #expect(sent.payload == [0xA0])
  }

  @Test("While the manager is away a device is told to come back later")
  func managerAway() throws {
    var fixture = RouterFixture(managerConnected: false)
    let actions = fixture.fromDevice(RouterFixture.request(.post, "register", token: [7]))
    #expect(actions.asked.isEmpty)
    let sent = try #require(actions.sent(on: RouterFixture.a).first)
    #expect(sent.code == .serviceUnavailable)
    #expect(sent.comparableOptions == [.init(.maxAge, [5])])
  }

  @Test(
    "A device learns why the manager did not answer",
    arguments: [
      (ManagerFailure.away, Code.serviceUnavailable), (.timedOut, .gatewayTimeout),
      (.tooLarge, .requestEntityTooLarge),
    ])
  func failures(failure: ManagerFailure, code: Code) throws {
    var fixture = RouterFixture()
    let id = try #require(fixture.fromDevice(RouterFixture.request(.post, "register")).asked.first).id
    let actions = fixture.router.managerFailed(id, failure, now: fixture.now)
    #expect(actions.sent(on: RouterFixture.a).map(\.code) == [code])
  }

  @Test("When the connection ends, every device that still waits for the manager hears of it")
  func managerLeft() throws {
    var fixture = RouterFixture()
    _ = fixture.fromDevice(RouterFixture.request(.post, "register", token: [1]))
    _ = fixture.fromDevice(RouterFixture.request(.post, "register", token: [2]), on: RouterFixture.b)
    let actions = fixture.router.managerLeft(now: fixture.now)
    for line in [RouterFixture.a, RouterFixture.b] {
      #expect(actions.sent(on: line).map(\.code) == [.serviceUnavailable])
    }
    #expect(fixture.router.askedBy.isEmpty)
    #expect(fixture.router.managerLeft(now: fixture.now) == [])
  }

  @Test("An unsafe option that the gateway does not know is refused, a safe one goes on")
  func options() throws {
    var fixture = RouterFixture()
    let unsafe = RouterFixture.request(.post, "register", [.init(.noResponse, [2])])
    #expect(fixture.fromDevice(unsafe).sent(on: RouterFixture.a).map(\.code) == [.badOption])
    _ = fixture.router.lineDelivered(RouterFixture.a, now: fixture.now)

    let critical = OptionNumber(rawValue: 65_005)  // critical, safe to forward, unknown
    let safe = RouterFixture.request(.post, "register", [.init(critical, [1])])
    #expect(fixture.fromDevice(safe).asked.first?.message.comparableOptions.contains(.init(critical, [1])) == true)
  }

  @Test("A device cannot have more requests with the manager than its share, and is told so")
  func share() {
    var fixture = RouterFixture(limits: RouterLimits(requestsToManager: 2))
    for token: UInt8 in 1...2 {
      #expect(fixture.fromDevice(RouterFixture.request(.post, "register", token: [token])).asked.count == 1)
    }
    let third = fixture.fromDevice(RouterFixture.request(.post, "register", token: [3]))
    #expect(third.sent(on: RouterFixture.a).map(\.code) == [.serviceUnavailable])
    // The other line's share is its own.
    #expect(fixture.fromDevice(RouterFixture.request(.post, "register"), on: RouterFixture.b).asked.count == 1)
  }

  @Test("A device that asks without listening fills no memory")
  func spewing() throws {
    var fixture = RouterFixture(limits: RouterLimits(requestsToManager: 2), managerConnected: false)
    for number in 0..<10_000 {
      _ = fixture.fromDevice(RouterFixture.request(.post, "register", token: [UInt8(number & 0xFF)]))
    }
    let route = try #require(fixture.router.routes[RouterFixture.a])
    #expect(route.answers.count == 4)
    #expect(fixture.router.counters(of: RouterFixture.a).refusals == 10_000)
  }

  @Test("A token used again is a device that restarted: the older answer is dropped")
  func tokenReused() throws {
    var fixture = RouterFixture()
    let first = try #require(fixture.fromDevice(RouterFixture.request(.post, "register", token: [1])).asked.first).id
    let second = try #require(fixture.fromDevice(RouterFixture.request(.post, "register", token: [1])).asked.first).id
    #expect(fixture.router.managerAnswered(first, CoAPMessage(code: .changed), now: fixture.now) == [])
    let actions = fixture.router.managerAnswered(second, CoAPMessage(code: .changed), now: fixture.now)
    #expect(actions.sent(on: RouterFixture.a).count == 1)
  }

  @Test("An answer for a device that restarted meanwhile is dropped")
  func restarted() throws {
    var fixture = RouterFixture()
    let id = try #require(fixture.fromDevice(RouterFixture.request(.post, "register")).asked.first).id
    #expect(fixture.router.lineCameUp(RouterFixture.a, maxMessageBytes: 1_024, now: fixture.now) == [])
    #expect(fixture.router.managerAnswered(id, CoAPMessage(code: .changed), now: fixture.now) == [])
    #expect(fixture.router.askedBy.isEmpty)
  }

  @Test("An answer that the device cannot hold becomes 5.02")
  func tooLong() throws {
    var fixture = RouterFixture()
    let id = try #require(fixture.fromDevice(RouterFixture.request(.get, "large", token: [1])).asked.first).id
    let large = CoAPMessage(code: .content, payload: Array(repeating: 0, count: 1_024))
    let actions = fixture.router.managerAnswered(id, large, now: fixture.now)
    #expect(actions.sent(on: RouterFixture.a).map(\.code) == [.badGateway])
  }

  @Test("A Ping gets its Pong; other signals and empty messages end at the gateway")
  func signals() {
    var fixture = RouterFixture()
    let ping = fixture.fromDevice(CoAPMessage(code: .ping, token: Token([9].span)!))
    #expect(ping.sent(on: RouterFixture.a) == [CoAPMessage(code: .pong, token: Token([9].span)!)])
    for code in [Code.csm, .pong, .release, .abort, .empty] {
      #expect(fixture.fromDevice(CoAPMessage(code: code)) == [])
    }
  }

  @Test("What is no CoAP is counted and dropped, whatever its bytes are")
  func malformed() throws {
    var fixture = RouterFixture()
    var generator = SplitMix(seed: 0x6D75_7374)
    let valid = try RouterFixture.request(.post, "register", token: [1], [.init(.contentFormat, [60])]).serialized()
    var dropped: UInt64 = 0
    for end in 0..<valid.count {
      #expect(fixture.router.lineReceived(RouterFixture.a, Array(valid[..<end]), now: fixture.now) == [])
      dropped += 1
    }
    #expect(fixture.router.counters(of: RouterFixture.a).malformed == dropped)
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...64, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      _ = fixture.router.lineReceived(RouterFixture.a, bytes, now: fixture.now)
    }
    #expect(fixture.fromDevice(RouterFixture.request(.post, "register"), on: RouterFixture.b).asked.count == 1)
  }
}
