import CoAP

extension DatagramPeers {
  /// Repeats, acknowledges, gives up and forgets what is due.
  func advance(now: UInt64) -> [Action] {
    var actions: [Action] = []
    for peer in takeDue(now: now) {
      if peer.lastHeard + settings.idleMilliseconds <= now {
        forget(peer.line, &actions)
        continue
      }
      continueChallenge(peer, now: now, &actions)
      while let event = peer.layer.advance(now: now) { handle(event, peer, &actions) }
      pump(peer, now: now, &actions)
      reschedule(peer)
    }
    return actions
  }

  private func handle(
    _ event: MessageLayer<64>.Due, _ peer: DatagramPeer, _ actions: inout [Action]
  ) {
    switch event {
    case .acknowledgement(let messageID): writeEmpty(.acknowledgement, messageID, to: peer, &actions)
    case .repetition:
      guard let datagram = peer.underWay?.datagram,
        peer.mayBeSent(datagram.count, amplification: settings.amplification)
      else { return }
      counters.retransmissions += 1
      write(datagram, to: peer, &actions)
    case .givenUp:
      counters.undelivered += 1
      let kind = peer.underWay?.kind
      peer.underWay = nil
      if kind == .request {
        peer.asked = nil
        actions.append(.undelivered(peer.line))
      }
    }
  }

  /// Sends the Pings that are due. After the third challenge nobody is there, or never was: what waited is given up.
  func continueChallenge(_ peer: DatagramPeer, now: UInt64, _ actions: inout [Action]) {
    while case .ping(let messageID) = peer.challenge?.advance(now: now) {
      writeEmpty(.confirmable, messageID, to: peer, &actions)
    }
    guard let challenge = peer.challenge, challenge.deadline <= now else { return }
    peer.challenge = nil
    peer.failedChallenges += 1
    guard peer.failedChallenges % 3 == 0 else { return }  // pumping asks again
    for waiting in peer.queue where waiting.kind == .request { actions.append(.undelivered(peer.line)) }
    peer.queue = []
  }
}
