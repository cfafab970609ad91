import CoAP
import CoAPStream
import TestKit
import Testing

@testable import Gateway

@Suite("The router, in time")
struct RouterTimeTests {
  private static let limits = RouterLimits(answerMilliseconds: 10_000, exchangeMilliseconds: 40_000)

  @Test("A device that does not answer is 5.04 at its deadline, not before, and the next request goes out")
  func timeout() throws {
    var fixture = RouterFixture(limits: Self.limits)
    let (id, _) = try fixture.delivered("status")
    _ = fixture.fromManager(RouterFixture.request(.post, "csr", host: "a.site-1"))
    let deadline = try #require(fixture.router.deadline)
    #expect(deadline == fixture.now + 10_000)
    #expect(fixture.router.advance(now: deadline - 1) == [])
    let actions = fixture.router.advance(now: deadline)
    #expect(actions.answered.map(\.id) == [id])
    #expect(actions.answered.map(\.message.code) == [.gatewayTimeout])
    #expect(actions.sent(on: RouterFixture.a).count == 1)
    #expect(fixture.router.counters(of: RouterFixture.a).timeouts == 1)
  }

  @Test("The device's time begins when it has the request, not when the line began to carry it")
  func deliveryStartsTheClock() throws {
    var fixture = RouterFixture(limits: Self.limits)
    _ = fixture.fromManager(RouterFixture.request(.put, "crt", host: "a.site-1"))
    fixture.now += 4_000
    _ = fixture.router.lineDelivered(RouterFixture.a, now: fixture.now)
    #expect(fixture.router.deadline == fixture.now + 10_000)
  }

  @Test("A busy device gets the time it asked for, but not for ever")
  func busy() throws {
    var fixture = RouterFixture(limits: Self.limits)
    let start = fixture.now
    _ = try fixture.delivered("csr")
    fixture.router.lineIsBusy(RouterFixture.a, milliseconds: 8_000, now: fixture.now)
    #expect(fixture.router.deadline == start + 18_000)
    for _ in 0..<10 { fixture.router.lineIsBusy(RouterFixture.a, milliseconds: 60_000, now: fixture.now) }
    #expect(fixture.router.deadline == start + 40_000)
    // Busy with nothing in hand means nothing.
    fixture.router.lineIsBusy(RouterFixture.b, milliseconds: 60_000, now: fixture.now)
    #expect(fixture.router.deadline == start + 40_000)
  }

  @Test("A request that waits too long for its turn is 5.03: the device never saw it")
  func waitsTooLong() throws {
    var fixture = RouterFixture(limits: Self.limits)
    _ = try fixture.delivered("csr")
    fixture.router.lineIsBusy(RouterFixture.a, milliseconds: 60_000, now: fixture.now)
    let (id, _) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    fixture.now += 40_000
    let actions = fixture.router.advance(now: fixture.now)
    #expect(actions.answered.map(\.message.code) == [.gatewayTimeout, .serviceUnavailable])
    #expect(actions.answered.last?.id == id)
    #expect(fixture.router.deadline == nil)
  }

  @Test("When the line goes down, what the device may have got is 5.04 and what it never got 5.03")
  func lineDown() throws {
    var fixture = RouterFixture()
    let (first, _) = try fixture.delivered("csr")
    let (second, _) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    let actions = fixture.router.lineWentDown(RouterFixture.a, now: fixture.now)
    #expect(actions.answered.map(\.id) == [first, second])
    #expect(actions.answered.map(\.message.code) == [.gatewayTimeout, .serviceUnavailable])
    #expect(fixture.router.deadline == nil)
    // And it starts anew when the device is back.
    #expect(fixture.router.lineCameUp(RouterFixture.a, maxMessageBytes: 512, now: fixture.now) == [])
    #expect(try fixture.delivered("status").request.code == .post)
  }

  @Test("When the manager leaves, what waits is dropped, and what a device is at work on stays on its line")
  func managerLeaves() throws {
    var fixture = RouterFixture()
    let (current, request) = try fixture.delivered("csr")
    let (waiting, _) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    #expect(fixture.router.managerGaveUp(current).answered.map(\.message.code) == [.gatewayTimeout])
    #expect(fixture.router.managerGaveUp(waiting).answered.map(\.message.code) == [.serviceUnavailable])
    #expect(fixture.router.managerGaveUp(current) == [])
    #expect(fixture.router.managerGaveUp(waiting) == [])

    // The manager is back before the device has finished: the new request waits for the old answer, which is nobody's.
    let (_, queued) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    #expect(queued == [])
    let late = fixture.fromDevice(RouterFixture.answer(.changed, to: request))
    #expect(late.answered.isEmpty)
    #expect(late.sent(on: RouterFixture.a).count == 1)
  }

  @Test("A message that the link gave up does not block the line")
  func undelivered() throws {
    var fixture = RouterFixture()
    let asked = try #require(fixture.fromDevice(RouterFixture.request(.post, "report")).asked.first)
    _ = fixture.router.managerAnswered(asked.id, CoAPMessage(code: .changed), now: fixture.now)
    let (_, waiting) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
    #expect(waiting == [])
    let actions = fixture.router.lineUndelivered(RouterFixture.a, now: fixture.now)
    #expect(actions.sent(on: RouterFixture.a).count == 1)
  }

  @Test("Every exchange the manager starts is answered exactly once, whatever happens on the lines")
  func everyExchangeEnds() throws {
    for seed: UInt64 in 1...50 {
      var generator = SplitMix(seed: seed)
      var fixture = RouterFixture(limits: RouterLimits(queuedRequests: 3, requestsToManager: 2))
      var open: [ExchangeID: Int] = [:]
      var device: [CoAPMessage] = []
      func take(_ actions: [RouterAction]) {
        for answer in actions.answered { open[answer.id, default: 0] += 1 }
        device += actions.sent(on: RouterFixture.a)
      }
      for _ in 0..<400 {
        fixture.now += .random(in: 0...5_000, using: &generator)
        take(fixture.router.advance(now: fixture.now))
        switch Int.random(in: 0..<9, using: &generator) {
        case 0, 1, 2:
          let (id, actions) = fixture.fromManager(RouterFixture.request(.get, "status", host: "a.site-1"))
          open[id, default: 0] += 0
          take(actions)
        case 3, 4: take(fixture.router.lineDelivered(RouterFixture.a, now: fixture.now))
        case 5:
          if let request = device.popLast() { take(fixture.fromDevice(RouterFixture.answer(.content, to: request))) }
        case 6: take(fixture.router.lineWentDown(RouterFixture.a, now: fixture.now))
        case 7: take(fixture.router.lineCameUp(RouterFixture.a, maxMessageBytes: 256, now: fixture.now))
        default:
          let oldest = open.filter { $0.value == 0 }.keys.min { $0.rawValue < $1.rawValue }
          if let oldest { take(fixture.router.managerGaveUp(oldest)) }
        }
      }
      take(fixture.router.advance(now: fixture.now + 1_000_000))
      take(fixture.router.lineWentDown(RouterFixture.a, now: fixture.now))
      #expect(open.values.allSatisfy { $0 == 1 }, "seed \(seed)")
    }
  }
}
