extension MessageLayer {
  /// What an arriving datagram means.
  public enum Arrival: Equatable, Sendable {
    /// A new request: to be worked on. A confirmable one ends with `answer(to:now:)`.
    case request
    /// The answer to a request of ours; with `acknowledge` an empty acknowledgement is to be sent first.
    case response(acknowledge: Bool)
    /// Our confirmable message has arrived and is under way no more. An answer comes later.
    case delivered
    /// The peer can make nothing of our confirmable message, which is under way no more.
    case rejected
    /// A repetition: send again the acknowledgement or answer that this message id got, if it is still there.
    case repeated
    /// Send an empty acknowledgement of this message id.
    case acknowledge
    /// Send a reset of this message id: a Ping, a repetition of what was refused, or an answer nobody waits for.
    case reset
    /// Nothing is to be done.
    case ignored
  }

  /// Takes a datagram of the peer.
  ///
  /// - Parameters:
  ///   - datagram: already parsed, so that its type may carry its code.
  ///   - isExpected: for a response, whether its token belongs to a request of ours; else it does not matter.
  public mutating func receive(_ datagram: Datagram, isExpected: Bool, now: UInt64) -> Arrival {
    switch datagram.type {
    case .acknowledgement: self.acknowledged(datagram, isExpected: isExpected)
    case .reset: self.settle(datagram.messageID) ? .rejected : .ignored
    case .confirmable: self.confirmable(datagram, isExpected: isExpected, now: now)
    case .nonConfirmable: self.nonConfirmable(datagram, isExpected: isExpected, now: now)
    }
  }

  private mutating func acknowledged(_ datagram: Datagram, isExpected: Bool) -> Arrival {
    // Only what is under way can be acknowledged; a late repetition finds nothing (RFC 7252 §4.2).
    guard self.settle(datagram.messageID) else { return .ignored }
    guard datagram.message.code.isResponse else { return .delivered }
    // An answer to another request on this acknowledgement is nobody's; that ours has arrived is all that is left.
    return isExpected ? .response(acknowledge: false) : .delivered
  }

  private mutating func confirmable(_ datagram: Datagram, isExpected: Bool, now: UInt64) -> Arrival {
    guard datagram.message.code != .empty else { return .reset }
    if let index = self.index(of: datagram.messageID, now: now) {
      switch self.seen[index].state {
      case .acknowledged, .accepted: return .acknowledge
      case .answered: return .repeated
      case .refused: return .reset
      case .unacknowledged, .silent, .free: return .ignored
      }
    }
    let lifetime = now &+ UInt64(self.parameters.exchangeLifetime)
    guard datagram.message.code.isRequest else {
      let state = isExpected ? Seen.State.accepted : .refused
      _ = self.remember(datagram.messageID, state, until: lifetime, now: now)
      return isExpected ? .response(acknowledge: true) : .reset
    }
    let due = now &+ UInt64(self.parameters.piggybackDelay)
    guard self.remember(datagram.messageID, .unacknowledged, until: due, now: now) else { return .ignored }
    self.unacknowledged += 1
    return .request
  }

  private mutating func nonConfirmable(_ datagram: Datagram, isExpected: Bool, now: UInt64) -> Arrival {
    guard self.index(of: datagram.messageID, now: now) == nil else { return .ignored }
    let lifetime = now &+ UInt64(self.parameters.nonConfirmableLifetime)
    guard self.remember(datagram.messageID, .silent, until: lifetime, now: now) else { return .ignored }
    if datagram.message.code.isRequest { return .request }
    return isExpected ? .response(acknowledge: false) : .ignored
  }

  /// Where a message is remembered; nil when it is new.
  func index(of messageID: UInt16, now: UInt64) -> Int? {
    for index in self.seen.indices {
      let state = self.seen[index].state
      guard state != .free, self.seen[index].messageID == messageID else { continue }
      let isOpen = state == .unacknowledged || state == .acknowledged
      if isOpen || self.seen[index].deadline > now { return index }
    }
    return nil
  }

  /// - Returns: false when all memory is taken by what is being worked on.
  private mutating func remember(
    _ messageID: UInt16, _ state: Seen.State, until deadline: UInt64, now: UInt64
  ) -> Bool {
    var oldest: Int?
    for index in self.seen.indices {
      let state = self.seen[index].state
      if state == .unacknowledged || state == .acknowledged { continue }
      if state == .free || self.seen[index].deadline <= now {
        oldest = index
        break
      }
      if let other = oldest, self.seen[other].deadline <= self.seen[index].deadline { continue }
      oldest = index
    }
    guard let oldest else { return false }
    self.seen[oldest].messageID = messageID
    self.seen[oldest].state = state
    self.seen[oldest].deadline = deadline
    return true
  }
}
