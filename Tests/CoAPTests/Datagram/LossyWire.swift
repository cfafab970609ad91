import TestKit

@testable import CoAP

/// A wire that loses, doubles and reorders datagrams by chance, and two message layers at its ends: a client that asks,
/// one request after the other, and a server that answers after a while. All time is virtual.
struct LossyWire {
  /// Of 100 datagrams, so many are lost, so many come twice.
  var lossPercent: Int
  var doublePercent: Int
  /// The longest way, in milliseconds; each datagram takes its own time, and so overtakes others.
  var slowest: UInt64
  /// How long the server works on a request at most.
  var work: UInt64
  var random: SplitMix

  private var now: UInt64 = 0
  private var inFlight: [(at: UInt64, toServer: Bool, bytes: [UInt8])] = []
  private var client: MessageLayer<64>
  private var server: MessageLayer<64>
  private var clientDatagram: [UInt8] = []
  private var serverDatagram: [UInt8] = []
  private var queue: [[UInt8]] = []
  private var works: [(at: UInt64, id: UInt16, token: UInt8)] = []
  private var given: [UInt16: [UInt8]] = [:]

  /// How often the server worked on each request, and how often the client got an answer to it.
  private(set) var worked: [UInt8: Int] = [:]
  private(set) var answered: [UInt8: Int] = [:]
  private(set) var datagrams = 0

  init(seed: UInt64, lossPercent: Int, doublePercent: Int, slowest: UInt64, work: UInt64) {
    self.random = SplitMix(seed: seed)
    self.lossPercent = lossPercent
    self.doublePercent = doublePercent
    self.slowest = slowest
    self.work = work
    self.client = MessageLayer(firstMessageID: UInt16.random(in: 0...UInt16.max, using: &random))
    self.server = MessageLayer(firstMessageID: UInt16.random(in: 0...UInt16.max, using: &random))
  }

  /// Asks and waits for the answer, or until the client's layer gives up and an answer could come no more.
  ///
  /// - Returns: whether it was answered.
  mutating func ask(_ token: UInt8) -> Bool {
    guard let id = client.send(random: random.next32(), now: now) else { return false }
    clientDatagram = datagram(.confirmable, .get, id: id, token: [token])
    transmit(clientDatagram, toServer: true)
    let end = now + 247_000
    while answered[token] == nil, now < end, step() {}
    return answered[token] != nil
  }

  /// Lets everything that is still on its way arrive.
  mutating func settle() {
    while step() {}
  }

  private mutating func transmit(_ bytes: [UInt8], toServer: Bool) {
    datagrams += 1
    let copies = Int.random(in: 0..<100, using: &random) < doublePercent ? 2 : 1
    for _ in 0..<copies where Int.random(in: 0..<100, using: &random) >= lossPercent {
      inFlight.append((now + .random(in: 1...slowest, using: &random), toServer, bytes))
    }
  }

  /// Goes on to whatever comes next; false when nothing does.
  private mutating func step() -> Bool {
    let next = [inFlight.map(\.at).min(), works.map(\.at).min(), client.deadline, server.deadline].compactMap { $0 }
      .min()
    guard let next else { return false }
    now = max(now, next)
    if let index = inFlight.firstIndex(where: { $0.at <= now }) {
      let arrival = inFlight.remove(at: index)
      arrival.toServer ? serverReceives(arrival.bytes) : clientReceives(arrival.bytes)
    } else if let index = works.firstIndex(where: { $0.at <= now }) {
      answer(works.remove(at: index))
    } else {
      advance()
    }
    return true
  }

  private mutating func advance() {
    while let due = client.advance(now: now) { if due == .repetition { transmit(clientDatagram, toServer: true) } }
    while let due = server.advance(now: now) {
      switch due {
      case .repetition: transmit(serverDatagram, toServer: false)
      case .acknowledgement(let id): transmit(datagram(.acknowledgement, .empty, id: id), toServer: false)
      case .givenUp: break
      }
    }
    sendNext()
  }

  private mutating func serverReceives(_ bytes: [UInt8]) {
    guard let read = try? parsed(bytes) else { return }
    switch server.receive(read, isExpected: false, now: now) {
    case .request:
      let token = read.message.token[0]
      worked[token, default: 0] += 1
      works.append((now + .random(in: 0...work, using: &random), read.messageID, token))
    case .repeated: if let bytes = given[read.messageID] { transmit(bytes, toServer: false) }
    case .acknowledge: transmit(datagram(.acknowledgement, .empty, id: read.messageID), toServer: false)
    case .reset: transmit(datagram(.reset, .empty, id: read.messageID), toServer: false)
    case .delivered, .rejected: sendNext()
    case .response, .ignored: break
    }
  }

  private mutating func answer(_ work: (at: UInt64, id: UInt16, token: UInt8)) {
    switch server.answer(to: work.id, now: now) {
    case .piggybacked:
      given[work.id] = datagram(.acknowledgement, .content, id: work.id, token: [work.token])
      transmit(given[work.id] ?? [], toServer: false)
    case .separate:
      queue.append([work.token])
      sendNext()
    case .nonConfirmable, .none: break
    }
  }

  private mutating func sendNext() {
    guard !queue.isEmpty, let id = server.send(random: random.next32(), now: now) else { return }
    serverDatagram = datagram(.confirmable, .content, id: id, token: queue.removeFirst())
    transmit(serverDatagram, toServer: false)
  }

  private mutating func clientReceives(_ bytes: [UInt8]) {
    guard let read = try? parsed(bytes) else { return }
    let isExpected = read.message.code.isResponse && answered[read.message.token[0]] == nil
    switch client.receive(read, isExpected: isExpected, now: now) {
    case .response(let acknowledge):
      if acknowledge { transmit(datagram(.acknowledgement, .empty, id: read.messageID), toServer: true) }
      answered[read.message.token[0], default: 0] += 1
      client.cancel()
    case .acknowledge: transmit(datagram(.acknowledgement, .empty, id: read.messageID), toServer: true)
    case .reset: transmit(datagram(.reset, .empty, id: read.messageID), toServer: true)
    case .request, .delivered, .rejected, .repeated, .ignored: break
    }
  }
}

extension SplitMix {
  mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next() as UInt64) }
}
