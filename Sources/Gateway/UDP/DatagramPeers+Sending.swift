import CoAP
import CoAPStream

extension DatagramPeers {
  /// A message for an endpoint, framed as on reliable transports: the manager's request, or the answer to one of the
  /// endpoint's own.
  ///
  /// A request is reported `delivered` or `undelivered` later. An answer is not: it travels with the request's own
  /// acknowledgement wherever it can.
  func send(_ frame: [UInt8], to line: LineName, now: UInt64) -> [Action] {
    guard let peer = peers[line] else { return [] }
    var actions: [Action] = []
    if Self.isRequest(frame) {
      peer.queue.append(DatagramPeer.Waiting(frame: frame, kind: .request))
    } else {
      answer(frame, to: peer, now: now, &actions)
    }
    pump(peer, now: now, &actions)
    reschedule(peer)
    return actions
  }

  /// Gives the endpoint the answer to one of its requests, by the shortest way that is open.
  func answer(_ frame: [UInt8], to peer: DatagramPeer, now: UInt64, _ actions: inout [Action]) {
    guard let message = try? Message.parse(frame.span), message.code.isResponse,
      let messageID = end(message.token, of: peer)
    else { return }
    // What may not go yet is acknowledged, so that the endpoint waits for it and does not repeat its request.
    if !peer.mayBeSent(
      Self.datagramBytes(frame, message, tokenBytes: message.token.count), amplification: settings.amplification),
      peer.layer.acknowledge(messageID, now: now)
    {
      writeEmpty(.acknowledgement, messageID, to: peer, &actions)
    }
    switch peer.layer.answer(to: messageID, now: now) {
    case .piggybacked:
      guard
        let datagram = Self.datagram(
          frame, .acknowledgement, messageID: messageID, token: message.token)
      else { return }
      peer.keep(datagram, for: messageID)
      write(datagram, to: peer, &actions)
    case .separate: peer.queue.append(DatagramPeer.Waiting(frame: frame, kind: .separateAnswer))
    case .nonConfirmable: peer.queue.append(DatagramPeer.Waiting(frame: frame, kind: .plainAnswer))
    case .none: break
    }
  }

  /// Sends what may go now: one confirmable message at a time, and to a stranger no more than its share.
  func pump(_ peer: DatagramPeer, now: UInt64, _ actions: inout [Action]) {
    while let next = peer.queue.first {
      if next.kind != .plainAnswer, peer.layer.isSending { return }
      guard let message = try? Message.parse(next.frame.span) else { return peer.queue = [] }
      let tokenBytes = next.kind == .request ? CoAPLimits.maxTokenBytes : message.token.count
      let bytes = Self.datagramBytes(next.frame, message, tokenBytes: tokenBytes)
      guard peer.mayBeSent(bytes, amplification: settings.amplification) else {
        return challenge(peer, now: now, &actions)
      }
      peer.queue.removeFirst()
      start(next, message, peer, now: now, &actions)
    }
  }

  private func start(
    _ next: DatagramPeer.Waiting, _ message: Message, _ peer: DatagramPeer, now: UInt64, _ actions: inout [Action]
  ) {
    var token = message.token
    if next.kind == .request {
      // Long and random: whoever cannot see it cannot answer in the endpoint's place (RFC 7252 §11.4).
      token = makeToken()
      peer.asked = (hop: token, router: message.token)
    }
    let type: DatagramType = next.kind == .plainAnswer ? .nonConfirmable : .confirmable
    let messageID =
      type == .confirmable
      ? peer.layer.send(random: generator.next(), now: now) ?? peer.layer.makeMessageID() : peer.layer.makeMessageID()
    guard let datagram = Self.datagram(next.frame, type, messageID: messageID, token: token) else {
      peer.layer.cancel()
      if next.kind == .request { actions.append(.undelivered(peer.line)) }
      return
    }
    if type == .confirmable { peer.underWay = DatagramPeer.UnderWay(datagram: datagram, kind: next.kind) }
    write(datagram, to: peer, &actions)
  }

  private func challenge(_ peer: DatagramPeer, now: UInt64, _ actions: inout [Action]) {
    guard peer.challenge == nil else { return }
    peer.challenge = AddressChallenge(using: &generator, now: now)
    counters.challenges += 1
    continueChallenge(peer, now: now, &actions)
  }

  private func makeToken() -> Token {
    let bytes = withUnsafeBytes(of: generator.next() as UInt64) { Array($0) }
    return Token(bytes.span) ?? Token()
  }

  private static func isRequest(_ frame: [UInt8]) -> Bool {
    (try? Message.parse(frame.span))?.code.isRequest == true
  }

  /// How long a frame's message is as a datagram.
  private static func datagramBytes(_ frame: [UInt8], _ message: Message, tokenBytes: Int) -> Int {
    DatagramHeader.bytes + tokenBytes + frame.count - message.options.lowerBound
  }

  private static func datagram(
    _ frame: [UInt8], _ type: DatagramType, messageID: UInt16, token: Token
  ) -> [UInt8]? {
    var datagram = [UInt8](repeating: 0, count: frame.count + 10)
    var buffer = datagram.mutableSpan
    guard
      let count = try? Datagram.write(
        frame: frame.span, type: type, messageID: messageID, token: token, into: &buffer)
    else { return nil }
    datagram.removeLast(datagram.count - count)
    return datagram
  }

  static func comeBackLater(_ token: Token) -> [UInt8] {
    var answer = CoAPMessage(code: .serviceUnavailable, token: token)
    answer.maxAge = 5
    return (try? answer.serialized()) ?? []
  }
}
