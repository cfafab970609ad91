extension MessageLayer {
  /// What time brings.
  public enum Due: Equatable, Sendable {
    /// Send the datagram under way once more.
    case repetition
    /// The message under way was never acknowledged and is given up: the peer may or may not have it.
    case givenUp
    /// Send an empty acknowledgement of this request; its answer takes longer.
    case acknowledgement(UInt16)
  }

  /// Whether a confirmable message is under way; the next one has to wait (NSTART).
  public var isSending: Bool { self.outgoing != nil }

  /// The message id of the confirmable message under way.
  public var messageIDUnderWay: UInt16? { self.outgoing?.messageID }

  /// A confirmable message goes out now.
  ///
  /// - Parameter random: any 32 bits, all alike.
  /// - Returns: its message id; nil while another is under way.
  public mutating func send(random: UInt32, now: UInt64) -> UInt16? {
    guard self.outgoing == nil else { return nil }
    let timeout = self.parameters.firstTimeout(random: random)
    let messageID = self.makeMessageID()
    self.outgoing = Outgoing(messageID: messageID, timeout: timeout, deadline: now &+ UInt64(timeout))
    return messageID
  }

  /// Nobody is interested in the message under way any more, or its answer has overtaken the acknowledgement
  /// (RFC 7252 §5.2.2).
  public mutating func cancel() {
    self.outgoing = nil
  }

  /// When ``advance(now:)`` wants to be called; nil when nothing is due.
  public var deadline: UInt64? {
    var earliest = self.outgoing?.deadline
    guard self.unacknowledged > 0 else { return earliest }
    for index in self.seen.indices where self.seen[index].state == .unacknowledged {
      if earliest == nil || self.seen[index].deadline < earliest ?? 0 { earliest = self.seen[index].deadline }
    }
    return earliest
  }

  /// Does what is due; to be called again until it returns nil.
  public mutating func advance(now: UInt64) -> Due? {
    if self.unacknowledged > 0 {
      for index in self.seen.indices
      where self.seen[index].state == .unacknowledged && self.seen[index].deadline <= now {
        self.unacknowledged -= 1
        self.seen[index].state = .acknowledged
        return .acknowledgement(self.seen[index].messageID)
      }
    }
    guard let outgoing = self.outgoing, outgoing.deadline <= now else { return nil }
    guard outgoing.repetitions < self.parameters.maxRetransmissions else {
      self.outgoing = nil
      return .givenUp
    }
    let timeout = outgoing.timeout &* 2
    self.outgoing?.repetitions += 1
    self.outgoing?.timeout = timeout
    self.outgoing?.deadline = now &+ UInt64(timeout)
    return .repetition
  }

  /// - Returns: whether the message under way has this message id; it is under way no more then.
  mutating func settle(_ messageID: UInt16) -> Bool {
    guard self.outgoing?.messageID == messageID else { return false }
    self.outgoing = nil
    return true
  }
}
