import NIOCore

/// When to ask the peer whether it is still there, and when to stop believing it (RFC 8323 §5.4).
struct KeepAlive {
  enum Action: Equatable {
    case wait(until: NIODeadline)
    case ping(andWaitUntil: NIODeadline)
    case giveUp
  }

  private let pingAfter: TimeAmount
  private let pongTimeout: TimeAmount
  private var lastReceived: NIODeadline
  private var pinged: NIODeadline?

  init(pingAfter: Duration, pongTimeout: Duration, now: NIODeadline) {
    self.pingAfter = TimeAmount(pingAfter)
    self.pongTimeout = TimeAmount(pongTimeout)
    self.lastReceived = now
  }

  /// Anything that comes in is a sign of life.
  mutating func received(now: NIODeadline) {
    self.lastReceived = now
    self.pinged = nil
  }

  /// What is due now.
  mutating func advance(now: NIODeadline) -> Action {
    if let pinged = self.pinged {
      let end = pinged + self.pongTimeout
      return now >= end ? .giveUp : .wait(until: end)
    }
    let due = self.lastReceived + self.pingAfter
    guard now >= due else { return .wait(until: due) }
    self.pinged = now
    return .ping(andWaitUntil: now + self.pongTimeout)
  }
}
