extension MessageLayer {
  /// How the answer to a request travels (RFC 7252 §5.2).
  public enum Carriage: Equatable, Sendable {
    /// On the acknowledgement, with the request's message id.
    case piggybacked
    /// By itself, confirmable, with a message id of its own: `send(random:now:)`.
    case separate
    /// By itself, with a message id of its own: `makeMessageID()`. The request was not confirmable either.
    case nonConfirmable
    /// Not at all: the request is not known, or it has been answered.
    case none
  }

  /// The answer to a request is there.
  ///
  /// - Parameter messageID: the request's.
  public mutating func answer(to messageID: UInt16, now: UInt64) -> Carriage {
    guard let index = self.index(of: messageID, now: now) else { return .none }
    switch self.seen[index].state {
    case .unacknowledged:
      self.unacknowledged -= 1
      self.seen[index].state = .answered
    case .acknowledged: self.seen[index].state = .accepted
    case .silent: return .nonConfirmable
    case .answered, .accepted, .refused, .free: return .none
    }
    self.seen[index].deadline = now &+ UInt64(self.parameters.exchangeLifetime)
    return self.seen[index].state == .answered ? .piggybacked : .separate
  }

  /// The answer to a request will take long, or must not go yet.
  ///
  /// - Parameter messageID: the request's.
  /// - Returns: whether an empty acknowledgement is to be sent now.
  public mutating func acknowledge(_ messageID: UInt16, now: UInt64) -> Bool {
    guard let index = self.index(of: messageID, now: now), self.seen[index].state == .unacknowledged else {
      return false
    }
    self.unacknowledged -= 1
    self.seen[index].state = .acknowledged
    return true
  }
}
