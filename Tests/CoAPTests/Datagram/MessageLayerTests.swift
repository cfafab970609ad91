import Testing

@testable import CoAP

@Suite("The message layer, RFC 7252 §4")
struct MessageLayerTests {
  private let layer = Layer()

  private func receive(
    _ type: DatagramType, _ code: Code, id: UInt16, isExpected: Bool = false, at now: UInt64 = 0
  ) throws -> MessageLayer<4>.Arrival {
    layer.receive(try parsed(datagram(type, code, id: id)), isExpected: isExpected, now: now)
  }

  @Test("An answer in time rides on the acknowledgement, and a repetition gets it again")
  func piggybacked() throws {
    #expect(try receive(.confirmable, .get, id: 7) == .request)
    #expect(try receive(.confirmable, .get, id: 7, at: 100) == .ignored)
    #expect(layer.answer(to: 7, now: 200) == .piggybacked)
    #expect(try receive(.confirmable, .get, id: 7, at: 300) == .repeated)
    #expect(layer.deadline == nil)
    #expect(layer.answer(to: 7, now: 400) == .none)
  }

  @Test("An answer that takes long follows an empty acknowledgement, and goes by itself")
  func separate() throws {
    #expect(try receive(.confirmable, .get, id: 7) == .request)
    #expect(layer.deadline == 500)
    #expect(layer.advance(now: 499) == nil)
    #expect(layer.advance(now: 500) == .acknowledgement(7))
    #expect(layer.advance(now: 500) == nil && layer.deadline == nil)
    #expect(try receive(.confirmable, .get, id: 7, at: 600) == .acknowledge)
    #expect(layer.answer(to: 7, now: 700) == .separate)
    #expect(try receive(.confirmable, .get, id: 7, at: 800) == .acknowledge)
  }

  @Test("What must not be answered yet is acknowledged at once, but only once")
  func early() throws {
    #expect(try receive(.confirmable, .get, id: 7) == .request)
    #expect(layer.acknowledge(7, now: 1))
    #expect(!layer.acknowledge(7, now: 1) && !layer.acknowledge(8, now: 1))
    #expect(layer.deadline == nil)
  }

  @Test("A request that is not confirmable is answered by one that is not either; repeated, it gets nothing")
  func nonConfirmable() throws {
    #expect(try receive(.nonConfirmable, .get, id: 7) == .request)
    #expect(try receive(.nonConfirmable, .get, id: 7) == .ignored)
    #expect(layer.answer(to: 7, now: 0) == .nonConfirmable)
    #expect(layer.deadline == nil)
  }

  @Test("A message is known again for its lifetime and not longer: 247 s, or 145 s when it is not confirmable")
  func lifetimes() throws {
    #expect(try receive(.confirmable, .get, id: 7) == .request)
    _ = layer.answer(to: 7, now: 0)
    #expect(try receive(.confirmable, .get, id: 7, at: 246_999) == .repeated)
    #expect(try receive(.confirmable, .get, id: 7, at: 247_000) == .request)
    #expect(try receive(.nonConfirmable, .get, id: 8) == .request)
    #expect(try receive(.nonConfirmable, .get, id: 8, at: 144_999) == .ignored)
    #expect(try receive(.nonConfirmable, .get, id: 8, at: 145_000) == .request)
  }

  @Test("Of more than the memory holds the oldest is forgotten, but never what is being worked on")
  func memory() throws {
    #expect(try receive(.confirmable, .get, id: 1) == .request)
    for id in 2...5 as ClosedRange<UInt16> {
      #expect(try receive(.confirmable, .get, id: id, at: UInt64(id)) == .request)
      #expect(layer.answer(to: id, now: UInt64(id)) == .piggybacked)
    }
    #expect(try receive(.confirmable, .get, id: 1, at: 10) == .ignored)  // still worked on
    #expect(try receive(.confirmable, .get, id: 5, at: 10) == .repeated)
    #expect(try receive(.confirmable, .get, id: 2, at: 10) == .request)  // was the oldest
    for id in 20...21 as ClosedRange<UInt16> { #expect(try receive(.confirmable, .get, id: id, at: 11) == .request) }
    #expect(try receive(.confirmable, .get, id: 22, at: 12) == .ignored)  // four are worked on
    #expect(layer.answer(to: 20, now: 13) == .piggybacked)
    #expect(try receive(.confirmable, .get, id: 22, at: 14) == .request)
  }

  @Test("Repetitions come after 2 to 3 s, each after twice the wait of the last, four in all; then it is given up")
  func retransmission() {
    for random in [0, 500, 1_000, UInt32.max] as [UInt32] {
      #expect(!layer.isSending)
      let id = layer.send(random: random, now: 0)
      #expect(id != nil && layer.messageIDUnderWay == id)
      #expect(layer.send(random: 0, now: 0) == nil)
      var wait = UInt64(2_000 + random % 1_001)
      var now = wait
      for _ in 1...4 {
        #expect(layer.advance(now: now - 1) == nil)
        #expect(layer.advance(now: now) == .repetition)
        wait *= 2
        now += wait
        #expect(layer.deadline == now)
      }
      #expect(layer.advance(now: now) == .givenUp)
      #expect(!layer.isSending && layer.deadline == nil)
    }
  }

  @Test("An acknowledgement or a reset ends the sending of its own message, and of no other")
  func settled() throws {
    let first = try #require(layer.send(random: 0, now: 0))
    #expect(first == 0xFFFF)
    #expect(try receive(.acknowledgement, .empty, id: first &+ 1) == .ignored)
    #expect(try receive(.reset, .empty, id: first &+ 1) == .ignored)
    #expect(layer.isSending)
    #expect(try receive(.acknowledgement, .empty, id: first) == .delivered)
    #expect(try receive(.acknowledgement, .empty, id: first) == .ignored)
    let second = try #require(layer.send(random: 0, now: 0))
    #expect(second == 0)
    #expect(try receive(.reset, .empty, id: second) == .rejected)
    #expect(try receive(.reset, .empty, id: second) == .ignored)
  }

  @Test("An answer comes on the acknowledgement, or by itself; nobody's is rejected or ignored")
  func responses() throws {
    let first = try #require(layer.send(random: 0, now: 0))
    #expect(try receive(.acknowledgement, .content, id: first, isExpected: true) == .response(acknowledge: false))
    let second = try #require(layer.send(random: 0, now: 0))
    #expect(try receive(.acknowledgement, .content, id: second, isExpected: false) == .delivered)
    #expect(try receive(.acknowledgement, .content, id: second, isExpected: true) == .ignored)
    #expect(try receive(.confirmable, .content, id: 50, isExpected: true) == .response(acknowledge: true))
    #expect(try receive(.confirmable, .content, id: 50, isExpected: false) == .acknowledge)
    #expect(try receive(.confirmable, .content, id: 51, isExpected: false) == .reset)
    #expect(try receive(.confirmable, .content, id: 51, isExpected: true) == .reset)
    #expect(try receive(.nonConfirmable, .content, id: 52, isExpected: true) == .response(acknowledge: false))
    #expect(try receive(.nonConfirmable, .content, id: 52, isExpected: true) == .ignored)
    #expect(try receive(.nonConfirmable, .content, id: 53, isExpected: false) == .ignored)
  }

  @Test("A Ping gets its reset, every time, and takes no memory")
  func ping() throws {
    for _ in 1...10 { #expect(try receive(.confirmable, .empty, id: 9) == .reset) }
    #expect(try receive(.confirmable, .get, id: 9) == .request)
  }

  @Test("An answer that overtakes its acknowledgement ends the repetitions")
  func overtaken() {
    _ = layer.send(random: 0, now: 0)
    layer.cancel()
    #expect(layer.advance(now: 100_000) == nil && !layer.isSending)
  }
}

/// A message layer behind a reference, for expectations call what mutates.
private final class Layer {
  private var layer = MessageLayer<4>(firstMessageID: 0xFFFF)

  var deadline: UInt64? { layer.deadline }
  var isSending: Bool { layer.isSending }
  var messageIDUnderWay: UInt16? { layer.messageIDUnderWay }

  func receive(_ datagram: Datagram, isExpected: Bool, now: UInt64) -> MessageLayer<4>.Arrival {
    layer.receive(datagram, isExpected: isExpected, now: now)
  }

  func answer(to messageID: UInt16, now: UInt64) -> MessageLayer<4>.Carriage { layer.answer(to: messageID, now: now) }
  func acknowledge(_ messageID: UInt16, now: UInt64) -> Bool { layer.acknowledge(messageID, now: now) }
  func send(random: UInt32, now: UInt64) -> UInt16? { layer.send(random: random, now: now) }
  func advance(now: UInt64) -> MessageLayer<4>.Due? { layer.advance(now: now) }
  func cancel() { layer.cancel() }
}
