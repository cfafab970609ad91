import CoAP
import CoAPStream
import TestKit
import Testing

@testable import Gateway

@Suite("What the UDP side keeps count of, against counting anew")
struct BookkeepingTests {
  @Test(
    "Deadlines and requests under way are those of all endpoints, whatever comes",
    arguments: 1...8 as ClosedRange<UInt64>)
  func recount(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let udp = try PeersFixture(seed: seed) {
      $0.endpoints = 12
      $0.endpointsPerAddress = 4
      $0.idleMilliseconds = 20_000
      $0.requests = 16
    }
    for step in 0..<1_500 {
      let address = PeersFixture.address(
        "10.0.0.\(Int.random(in: 1...5, using: &generator))", port: Int.random(in: 1...6, using: &generator))
      let line = try #require(EndpointKey(address)?.line)
      let id = UInt16.random(in: 0...20, using: &generator)
      let token = [UInt8.random(in: 0...5, using: &generator)]
      switch UInt8.random(in: 0..<10, using: &generator) {
      case 0...3: _ = udp.receive(Wire(.confirmable, .get, id: id, token: token), from: address)
      case 4: _ = udp.receive(Wire(.nonConfirmable, .get, id: id, token: token), from: address)
      case 5:
        // The Pings of one challenge, answered: of this address, or of the next that has one.
        let all = (1...5).flatMap { host in (1...6).map { PeersFixture.address("10.0.0.\(host)", port: $0) } }
        for address in [address] + all {
          guard let line = EndpointKey(address)?.line, let challenge = udp.peers.peers[line]?.challenge else {
            continue
          }
          for messageID in challenge.messageIDs {
            _ = udp.receive(Wire(.reset, .empty, id: messageID), from: address)
          }
          break
        }
      case 6, 7:
        let size = Int.random(in: 0...200, using: &generator)
        _ = try udp.send(
          CoAPMessage(
            code: .content, token: Token(token.span)!, payload: [UInt8](repeating: 1, count: size)), to: line)
      case 8: _ = try udp.send(CoAPMessage(code: .get, token: Token(token.span)!), to: line)
      default: _ = udp.advance(by: UInt64.random(in: 0...4_000, using: &generator))
      }
      let peers = udp.peers.peers.values
      let note: Comment = "seed \(seed), step \(step)"
      #expect(udp.peers.deadline == peers.map { $0.deadline(idleMilliseconds: 20_000) }.min(), note)
      #expect(udp.peers.requestsUnderWay == peers.reduce(0) { $0 + $1.requests.count }, note)
      #expect(
        udp.peers.requestsOfStrangers == peers.reduce(0) { $0 + ($1.isVerified ? 0 : $1.requests.count) }, note)
    }
    #expect(udp.peers.counters.verified > 0)
    #expect(udp.peers.counters.crowdedOut > 0)
  }

  @Test(
    "The router's deadline is the earliest of all its lines', whatever happens", arguments: 1...8 as ClosedRange<UInt64>
  )
  func routes(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var fixture = RouterFixture()
    var tokens: [LineName: [CoAPMessage]] = [:]
    for step in 0..<1_000 {
      let line = Bool.random(using: &generator) ? RouterFixture.a : RouterFixture.b
      var actions: [RouterAction] = []
      switch UInt8.random(in: 0..<10, using: &generator) {
      case 0...3:
        actions = fixture.fromManager(RouterFixture.request(.post, "x", host: "\(line).site-1")).actions
      case 4: actions = fixture.router.lineDelivered(line, now: fixture.now)
      case 5:
        if let request = tokens[line]?.popLast() {
          actions = fixture.fromDevice(RouterFixture.answer(.changed, to: request), on: line)
        }
      case 6:
        fixture.router.lineIsBusy(line, milliseconds: Int.random(in: 0...9_000, using: &generator), now: fixture.now)
      case 7: actions = fixture.router.lineUndelivered(line, now: fixture.now)
      case 8 where step.isMultiple(of: 7):
        actions = fixture.router.lineCameUp(line, maxMessageBytes: 1_024, now: fixture.now)
      default:
        fixture.now += UInt64.random(in: 0...12_000, using: &generator)
        actions = fixture.router.advance(now: fixture.now)
        #expect(fixture.router.deadline.map { $0 > fixture.now } ?? true, "seed \(seed), step \(step)")
      }
      for line in [RouterFixture.a, RouterFixture.b] { tokens[line, default: []] += actions.sent(on: line) }
      #expect(
        fixture.router.deadline == fixture.router.routes.all.values.compactMap(\.deadline).min(),
        "seed \(seed), step \(step)")
    }
  }
}
