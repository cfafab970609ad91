import CoAP
import CoAPStream
import Testing

@testable import Gateway

@Suite("An endpoint on UDP and the router")
struct DatagramExchangeTests {
  private let line = PeersFixture.line
  private let path = [UInt8]([0xB3]) + Array("csr".utf8)

  private func answer(_ token: [UInt8], _ payload: [UInt8] = [1]) -> CoAPMessage {
    CoAPMessage(code: .content, token: Token(token.span)!, payload: payload)
  }

  @Test("The first request makes it a line; the answer rides on the acknowledgement, and again when it is asked again")
  func piggybacked() throws {
    let udp = try PeersFixture()
    let request = Wire(.confirmable, .get, id: 7, token: [1, 2], rest: path)
    let actions = udp.receive(request)
    #expect(actions.first == .up(line))
    #expect(actions.messages.map(\.uriPath) == [["csr"]])
    #expect(actions.messages.first?.token == Token([1, 2].span))
    #expect(udp.receive(request).isEmpty)
    let answered = try udp.send(answer([1, 2]))
    #expect(answered.written == [Wire(.acknowledgement, .content, id: 7, token: [1, 2], rest: [0xFF, 1])])
    #expect(udp.receive(request).written == answered.written)
    #expect(udp.peers.counters.repeated == 1)
  }

  @Test("A slow answer comes by itself, is sent again until it is acknowledged, and the device may ask meanwhile")
  func separate() throws {
    let udp = try PeersFixture()
    _ = udp.receive(Wire(.confirmable, .get, id: 7, token: [1], rest: path))
    #expect(udp.advance(by: 500) == [.write(Wire(.acknowledgement, .empty, id: 7).bytes, to: PeersFixture.address())])
    let sent = try #require(try udp.send(answer([1])).written.first)
    #expect(sent.type == .confirmable && sent.token == [1] && sent.id != 7)
    let again = udp.advance(by: 3_000)
    #expect(again.written == [sent])
    let other = Wire(.confirmable, .get, id: 8, token: [2])
    #expect(udp.receive(other).messages.count == 1)
    #expect(try udp.send(answer([2])).written.map(\.type) == [.acknowledgement])
    _ = udp.receive(Wire(.acknowledgement, .empty, id: sent.id))
    #expect(udp.advance(by: 60_000).isEmpty)
  }

  @Test("A request that is not confirmable is answered by one that is not, once")
  func nonConfirmable() throws {
    let udp = try PeersFixture()
    _ = udp.receive(Wire(.nonConfirmable, .get, id: 7, token: [1]))
    let sent = try udp.send(answer([1])).written
    #expect(sent.map(\.type) == [.nonConfirmable] && sent.first?.token == [1])
    #expect(udp.receive(Wire(.nonConfirmable, .get, id: 7, token: [1])).isEmpty)
    #expect(udp.advance(by: 60_000).isEmpty)
  }

  @Test("The manager's request has a token of this hop that nobody can guess, and its answer the router's again")
  func toDevice() throws {
    let udp = try PeersFixture()
    try udp.verify()
    var tokens: Set<[UInt8]> = []
    for round in 1...20 as ClosedRange<UInt8> {
      let request = CoAPMessage(code: .post, token: Token([round].span)!, payload: [9])
      let sent = try #require(try udp.send(request).written.first)
      try #require(sent.type == .confirmable && sent.token.count == 8)
      tokens.insert(sent.token)
      // On the acknowledgement, by itself after it, or before it.
      let own = UInt16(1_000 + UInt16(round))
      switch round % 3 {
      case 0:
        let actions = udp.receive(Wire(.acknowledgement, .changed, id: sent.id, token: sent.token))
        #expect(actions.first == .delivered(line) && actions.messages.map(\.token) == [request.token])
      case 1:
        #expect(udp.receive(Wire(.acknowledgement, .empty, id: sent.id)) == [.delivered(line)])
        let actions = udp.receive(Wire(.confirmable, .changed, id: own, token: sent.token))
        #expect(actions.written == [Wire(.acknowledgement, .empty, id: own)])
        #expect(actions.messages.map(\.token) == [request.token])
        #expect(udp.receive(Wire(.confirmable, .changed, id: own, token: sent.token)).written == actions.written)
      default:
        let actions = udp.receive(Wire(.confirmable, .changed, id: own, token: sent.token))
        #expect(actions.contains(.delivered(line)) && actions.messages.map(\.token) == [request.token])
        #expect(udp.receive(Wire(.acknowledgement, .empty, id: sent.id)).isEmpty)
      }
      #expect(udp.advance(by: 5_000).isEmpty)
    }
    #expect(tokens.count == 20)
  }

  @Test("An answer with another token is nobody's, and is rejected")
  func otherToken() throws {
    let udp = try PeersFixture()
    try udp.verify()
    let sent = try #require(try udp.send(CoAPMessage(code: .get, token: Token([1].span)!)).written.first)
    var token = sent.token
    try #require(token.count == 8)
    token[7] ^= 1
    let actions = udp.receive(Wire(.confirmable, .content, id: 9, token: token))
    #expect(actions.written == [Wire(.reset, .empty, id: 9)] && actions.messages.isEmpty)
    #expect(udp.receive(Wire(.nonConfirmable, .content, id: 10, token: token)).isEmpty)
  }

  @Test("A request that is rejected, or never acknowledged, is undelivered")
  func undelivered() throws {
    let udp = try PeersFixture()
    try udp.verify()
    let request = CoAPMessage(code: .get, token: Token([1].span)!)
    let sent = try #require(try udp.send(request).written.first)
    #expect(udp.receive(Wire(.reset, .empty, id: sent.id)) == [.undelivered(line)])
    _ = try udp.send(request)
    var actions: [DatagramPeers.Action] = []
    for _ in 1...100 { actions += udp.advance(by: 1_000) }
    #expect(actions.written.count == 4)
    #expect(actions.last == .undelivered(line))
    #expect(udp.peers.counters.retransmissions == 4 && udp.peers.counters.undelivered == 2)
  }

  @Test("One confirmable message is under way at a time; the next follows its acknowledgement")
  func oneAtATime() throws {
    let udp = try PeersFixture()
    try udp.verify()
    for token in [1, 2] as [UInt8] { _ = udp.receive(Wire(.confirmable, .get, id: UInt16(token), token: [token])) }
    _ = udp.advance(by: 500)
    let first = try #require(try udp.send(answer([1])).written.first)
    #expect(try udp.send(answer([2])).isEmpty)
    let next = udp.receive(Wire(.acknowledgement, .empty, id: first.id)).written
    #expect(next.map(\.token) == [[2]])
  }

  @Test("What is malformed is rejected when it is confirmable, else dropped; another version is nobody's business")
  func malformed() throws {
    let udp = try PeersFixture()
    let reset = [Wire(.reset, .empty, id: 0x0102)]
    #expect(udp.peers.receive([0x49, 1, 1, 2], from: PeersFixture.address(), now: 0).written == reset)
    #expect(udp.peers.receive([0x40, 0xE2, 1, 2], from: PeersFixture.address(), now: 0).written == reset)
    #expect(udp.peers.receive([0x59, 1, 1, 2], from: PeersFixture.address(), now: 0).isEmpty)
    #expect(udp.peers.receive([0x89, 1, 1, 2], from: PeersFixture.address(), now: 0).isEmpty)
    #expect(udp.peers.receive([0x40], from: PeersFixture.address(), now: 0).isEmpty)
    let long = Wire(.confirmable, .post, id: 0x0102, rest: [0xFF] + [UInt8](repeating: 0, count: 1_148))
    #expect(udp.receive(long).written == reset)
    #expect(udp.peers.counters.malformed == 6)
    #expect(udp.peers.peers.isEmpty)
  }

  @Test("Only a request makes an endpoint known; a Ping gets its reset")
  func strangers() throws {
    let udp = try PeersFixture()
    #expect(udp.receive(Wire(.confirmable, .empty, id: 5)).written == [Wire(.reset, .empty, id: 5)])
    #expect(udp.receive(Wire(.confirmable, .content, id: 6)).written == [Wire(.reset, .empty, id: 6)])
    for type in [DatagramType.acknowledgement, .reset] { #expect(udp.receive(Wire(type, .empty, id: 7)).isEmpty) }
    #expect(udp.receive(Wire(.nonConfirmable, .content, id: 8)).isEmpty)
    #expect(udp.peers.peers.isEmpty && udp.peers.deadline == nil)
  }

  @Test("Silent for ten minutes, an endpoint is forgotten")
  func idle() throws {
    let udp = try PeersFixture()
    _ = udp.receive(Wire(.confirmable, .get, id: 1, token: [1]))
    _ = try udp.send(answer([1]))
    #expect(udp.advance(by: 599_999).isEmpty)
    #expect(udp.advance(by: 1) == [.down(line)])
    #expect(udp.peers.peers.isEmpty && udp.peers.deadline == nil)
    #expect(try udp.send(CoAPMessage(code: .get)).isEmpty)
  }
}
