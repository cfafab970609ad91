import CoAP
import CoAPStream
import Edge
import TestKit
import Testing

@testable import Gateway

@Suite("Strangers on UDP")
struct StrangersTests {
  private func token(_ number: UInt8) -> Token { Token([number].span)! }

  @Test("To a forged address no more than three bytes go for each that came, whatever is asked and answered")
  func amplification() throws {
    for seed in 1...50 as ClosedRange<UInt64> {
      let udp = try PeersFixture(seed: seed)
      var random = SplitMix(seed: seed)
      let victim = PeersFixture.address("192.0.2.1")
      var received = 0
      var sent = 0
      for id in 0..<300 as Range<UInt16> {
        let token = UInt8.random(in: 0...5, using: &random)
        let type: DatagramType = [.confirmable, .confirmable, .nonConfirmable, .reset].randomElement(using: &random)!
        let code: Code = type == .reset ? .empty : [.get, .empty].randomElement(using: &random)!
        if type != .nonConfirmable || code != .empty {
          let wire = Wire(
            type, code, id: type == .reset ? UInt16.random(in: 0...UInt16.max, using: &random) : id / 2,
            token: code == .get ? [token] : [])
          received += wire.bytes.count
          sent += udp.receive(wire, from: victim).bytes(to: victim)
        }
        if let line = EndpointKey(victim)?.line {
          let answer = CoAPMessage(
            code: .content, token: self.token(token),
            payload: Array(repeating: 1, count: .random(in: 0...1_100, using: &random)))
          sent += try udp.send(answer, to: line).bytes(to: victim)
          if id % 7 == 0 { sent += try udp.send(CoAPMessage(code: .get), to: line).bytes(to: victim) }
        }
        sent += udp.advance(by: .random(in: 0...2_000, using: &random)).bytes(to: victim)
        #expect(sent <= 3 * received, "seed \(seed), step \(id)")
      }
      #expect(udp.peers.counters.verified == 0, "seed \(seed)")
      #expect(udp.peers.counters.challenges > 0, "seed \(seed)")
    }
  }

  @Test("A long answer waits until the endpoint has answered two Pings, and then is sent")
  func challenge() throws {
    let udp = try PeersFixture()
    _ = udp.receive(Wire(.confirmable, .get, id: 7, token: [1]))
    var asked = try udp.send(CoAPMessage(code: .content, token: token(1), payload: udp.big)).written
    #expect(udp.advance(by: 399).isEmpty)
    asked += udp.advance(by: 1).written
    try #require(asked.map(\.type) == [.acknowledgement, .confirmable, .confirmable])
    #expect(asked.map(\.code) == [.empty, .empty, .empty] && asked[0].id == 7 && asked[1].id != asked[2].id)
    #expect(udp.receive(Wire(.reset, .empty, id: asked[1].id)).isEmpty)
    #expect(udp.receive(Wire(.reset, .empty, id: asked[1].id)).isEmpty)  // the same one again proves nothing more
    let answer = udp.receive(Wire(.reset, .empty, id: asked[2].id)).written
    #expect(answer.count == 1 && answer[0].rest.count == 1_001 && answer[0].token == [1])
    #expect(udp.peers.counters.verified == 1)
  }

  @Test("Few guesses are allowed, and then the Pings are others")
  func guesses() throws {
    let udp = try PeersFixture()
    _ = udp.receive(Wire(.confirmable, .get, id: 7, token: [1]))
    let asked = try udp.send(CoAPMessage(code: .content, token: token(1), payload: udp.big)).written
    let right = (asked.dropFirst() + udp.advance(by: 400).written).map(\.id)
    var wrong = (0...UInt16.max).lazy.filter { !right.contains($0) }.makeIterator()
    for _ in 1...4 { #expect(udp.receive(Wire(.reset, .empty, id: wrong.next()!)).isEmpty) }
    let second = (udp.receive(Wire(.reset, .empty, id: wrong.next()!)) + udp.advance(by: 400)).written.map(\.id)
    #expect(second.count == 2 && Set(second).isDisjoint(with: right))
    for id in right { _ = udp.receive(Wire(.reset, .empty, id: id)) }
    #expect(udp.peers.counters.verified == 0)
    for id in second { _ = udp.receive(Wire(.reset, .empty, id: id)) }
    #expect(udp.peers.counters.verified == 1)
  }

  @Test("Whoever never answers a challenge is asked three times; then what waited is given up")
  func noAnswer() throws {
    let udp = try PeersFixture()
    // Enough to be sent three challenges, and not enough for the manager's long request.
    _ = udp.receive(Wire(.confirmable, .post, id: 7, token: [1], rest: [0xFF] + Array(repeating: 0, count: 100)))
    _ = try udp.send(CoAPMessage(code: .changed, token: token(1)))
    _ = try udp.send(CoAPMessage(code: .put, token: token(9), payload: udp.big))
    var actions: [DatagramPeers.Action] = []
    for _ in 1...12 { actions += udp.advance(by: 1_000) }
    #expect(udp.peers.counters.challenges == 3)
    #expect(actions.last == .undelivered(PeersFixture.line))
    #expect(udp.peers.peers[PeersFixture.line]?.queue.isEmpty == true)
  }

  @Test("A full table makes room for strangers at strangers' cost, never at that of who is verified")
  func room() throws {
    let udp = try PeersFixture { $0.endpoints = 4 }
    let known = (1...3).map { PeersFixture.address("10.0.1.\($0)") }
    for address in known { try udp.verify(address) }
    var downs: [LineName] = []
    for number in 1...20 {
      udp.now += 1
      let actions = udp.receive(Wire(.confirmable, .get, id: 1), from: PeersFixture.address("10.0.2.\(number)"))
      for case .down(let line) in actions { downs.append(line) }
    }
    #expect(downs.count == 19)
    #expect(udp.peers.peers.count == 4 && udp.peers.peers.values.count { $0.isVerified } == 3)
    try udp.verify(PeersFixture.address("10.0.2.20"), id: 0x7001)
    #expect(udp.receive(Wire(.confirmable, .get, id: 1), from: PeersFixture.address("10.0.3.1")).isEmpty)
    #expect(udp.peers.counters.crowdedOut == 20)
  }

  @Test("Who opens port after port takes the place of none but himself")
  func ports() throws {
    let udp = try PeersFixture {
      $0.endpoints = 10
      $0.endpointsPerAddress = 3
    }
    _ = udp.receive(Wire(.confirmable, .get, id: 1), from: PeersFixture.address("10.0.0.9"))
    for port in 1...50 {
      udp.now += 1
      _ = udp.receive(Wire(.confirmable, .get, id: 1), from: PeersFixture.address("10.0.0.1", port: port))
    }
    #expect(
      udp.peers.peers.keys.map(\.rawValue).sorted() == [
        "u-0a000001-0030", "u-0a000001-0031", "u-0a000001-0032", "u-0a000009-9c40",
      ])
  }

  @Test("An address has its rate, and comes back to it")
  func rate() throws {
    let udp = try PeersFixture { $0.perAddress = RateLimit(perSecond: 10, burst: 20) }
    for id in 0..<100 as Range<UInt16> { _ = udp.receive(Wire(.confirmable, .empty, id: id)) }
    #expect(udp.peers.counters.sent == 20 && udp.peers.counters.limited == 80)
    #expect(!udp.receive(Wire(.confirmable, .empty, id: 1), from: PeersFixture.address("10.0.0.2")).isEmpty)
    udp.now += 1_000
    for id in 0..<100 as Range<UInt16> { _ = udp.receive(Wire(.confirmable, .empty, id: id)) }
    #expect(udp.peers.counters.sent == 31)
  }

  @Test("A flood from forged addresses leaves who is verified served")
  func flood() throws {
    let udp = try PeersFixture { $0.strangers = RateLimit(perSecond: 100, burst: 100) }
    try udp.verify()
    for number in 0..<5_000 {
      let address = PeersFixture.address("172.16.\(number / 250).\(number % 250 + 1)")
      _ = udp.receive(Wire(.confirmable, .get, id: 1, token: [1]), from: address)
    }
    #expect(udp.peers.counters.limited >= 4_800)
    let request = Wire(.confirmable, .get, id: 0x100, token: [3])
    #expect(udp.receive(request).messages.count == 1)
    #expect(udp.peers.peers.count <= 102)
  }

  @Test("More requests than one endpoint, or all strangers together, may have with the manager are 5.03 with Max-Age")
  func requests() throws {
    let udp = try PeersFixture {
      $0.requestsPerEndpoint = 2
      $0.requests = 8
    }
    for id in 1...2 as ClosedRange<UInt16> {
      #expect(udp.receive(Wire(.confirmable, .get, id: id, token: [UInt8(id)])).messages.count == 1)
    }
    let refused = udp.receive(Wire(.confirmable, .get, id: 3, token: [3])).written
    #expect(refused.map(\.code) == [.serviceUnavailable] && refused[0].rest == [0xD1, 0x01, 0x05])
    for (port, accepted) in [(1, 2), (2, 0)] {
      let address = PeersFixture.address("10.0.0.2", port: port)
      let messages = (1...2).flatMap {
        udp.receive(Wire(.confirmable, .get, id: UInt16($0), token: [UInt8($0)]), from: address).messages
      }
      #expect(messages.count == accepted)
    }
    #expect(udp.peers.counters.refused == 3)
    // An answer makes room again.
    _ = try udp.send(CoAPMessage(code: .changed, token: token(1)))
    #expect(udp.receive(Wire(.confirmable, .get, id: 9, token: [9])).messages.count == 1)
  }

  @Test("A token that is used again frees what the first use held: no endpoint locks itself out")
  func sameToken() throws {
    let udp = try PeersFixture { $0.requestsPerEndpoint = 1 }
    for id in 1...200 as ClosedRange<UInt16> {
      #expect(udp.receive(Wire(.confirmable, .get, id: id, token: [1])).messages.count == 1, "request \(id)")
    }
  }
}
