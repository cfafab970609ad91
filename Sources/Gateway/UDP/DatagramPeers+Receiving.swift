import CoAP
import NIOCore

extension DatagramPeers {
  /// One datagram.
  func receive(_ bytes: [UInt8], from address: SocketAddress, now: UInt64) -> [Action] {
    counters.received += 1
    guard let key = EndpointKey(address) else { return [] }
    let known = line(of: key)
    guard admission.admit(key.address, isKnown: known.flatMap { peers[$0]?.isVerified } ?? false, now: now) else {
      counters.limited += 1
      return []
    }
    var actions: [Action] = []
    do throws(DatagramError) {
      guard bytes.count <= settings.maxDatagramBytes else { throw DatagramError.message(.frameTooLong) }
      let datagram = try Datagram.parse(bytes.span)
      // Only a request makes an endpoint known. Who sends anything else has missed that we forgot it, or asks us to write
      // to somebody else. A request there is no room for is dropped, so that it comes again.
      let isRequest = datagram.message.code.isRequest
      if let line = known ?? (isRequest ? welcome(key, address, now: now, &actions) : nil) {
        receive(datagram, bytes, on: line, now: now, &actions)
      } else if datagram.type == .confirmable, !isRequest {
        reject(datagram.messageID, address, &actions)
      }
    } catch {
      counters.malformed += 1
      if error != .unknownVersion, let header = try? DatagramHeader(bytes.span), header.type == .confirmable {
        reject(header.messageID, address, &actions)
      }
    }
    return actions
  }

  // A reset is no longer than what it answers.
  private func reject(_ messageID: UInt16, _ address: SocketAddress, _ actions: inout [Action]) {
    counters.sent += 1
    actions.append(.write(Self.empty(.reset, messageID), to: address))
  }

  private func receive(
    _ datagram: Datagram, _ bytes: [UInt8], on line: LineName, now: UInt64, _ actions: inout [Action]
  ) {
    guard let peer = peers[line] else { return }
    peer.lastHeard = now
    peer.bytesReceived += bytes.count
    if datagram.type == .reset { judgeChallenge(datagram.messageID, peer) }
    let isExpected = datagram.message.code.isResponse && datagram.message.token == peer.asked?.hop
    switch peer.layer.receive(datagram, isExpected: isExpected, now: now) {
    case .request: forward(datagram, bytes, peer, now: now, &actions)
    case .response(let acknowledge):
      if acknowledge { writeEmpty(.acknowledgement, datagram.messageID, to: peer, &actions) }
      answered(datagram, bytes, peer, &actions)
    case .delivered: settled(peer, isDelivered: true, &actions)
    case .rejected:
      counters.undelivered += 1
      settled(peer, isDelivered: false, &actions)
    case .repeated:
      counters.repeated += 1
      let answer = peer.answers.last { $0.messageID == datagram.messageID }?.datagram
      if let answer, peer.mayBeSent(answer.count, amplification: settings.amplification) {
        write(answer, to: peer, &actions)
      }
    case .acknowledge:
      counters.repeated += 1
      writeEmpty(.acknowledgement, datagram.messageID, to: peer, &actions)
    case .reset: writeEmpty(.reset, datagram.messageID, to: peer, &actions)
    case .ignored: break
    }
    pump(peer, now: now, &actions)
    reschedule(peer)
  }

  private func judgeChallenge(_ messageID: UInt16, _ peer: DatagramPeer) {
    switch peer.challenge?.receiveReset(messageID) {
    case .passed: verify(peer)
    case .failed: peer.challenge = nil
    case .open, nil: break
    }
  }

  private func forward(
    _ datagram: Datagram, _ bytes: [UInt8], _ peer: DatagramPeer, now: UInt64, _ actions: inout [Action]
  ) {
    let token = datagram.message.token
    // A token in use again belongs to an endpoint that forgot what it asked; the old answer is nobody's.
    if let old = end(token, of: peer) { _ = peer.layer.answer(to: old, now: now) }
    let isTooMuch =
      peer.requests.count >= settings.requestsPerEndpoint || requestsUnderWay >= settings.requests
      || (!peer.isVerified && requestsOfStrangers >= settings.requests / 2)
    begin(token, datagram.messageID, of: peer)
    if isTooMuch {
      counters.refused += 1
      answer(Self.comeBackLater(token), to: peer, now: now, &actions)
    } else if let frame = Self.frame(datagram, bytes, token: token) {
      actions.append(.message(peer.line, frame))
    }
  }

  private func answered(
    _ datagram: Datagram, _ bytes: [UInt8], _ peer: DatagramPeer, _ actions: inout [Action]
  ) {
    guard let asked = peer.asked else { return }
    peer.asked = nil
    // Whoever knows the token has received the request: eight random bytes.
    verify(peer)
    if peer.underWay?.kind == .request {
      // The answer may overtake the acknowledgement, and then stands for it (RFC 7252 §5.2.2).
      peer.layer.cancel()
      settled(peer, isDelivered: true, &actions)
    }
    if let frame = Self.frame(datagram, bytes, token: asked.router) { actions.append(.message(peer.line, frame)) }
  }

  private func settled(_ peer: DatagramPeer, isDelivered: Bool, _ actions: inout [Action]) {
    let kind = peer.underWay?.kind
    peer.underWay = nil
    guard kind == .request else { return }
    if !isDelivered { peer.asked = nil }
    actions.append(isDelivered ? .delivered(peer.line) : .undelivered(peer.line))
  }

  private static func frame(_ datagram: Datagram, _ bytes: [UInt8], token: Token) -> [UInt8]? {
    var frame = [UInt8](repeating: 0, count: bytes.count + 11)
    var buffer = frame.mutableSpan
    guard let count = try? datagram.writeFrame(of: bytes.span, token: token, into: &buffer) else { return nil }
    frame.removeLast(frame.count - count)
    return frame
  }
}
