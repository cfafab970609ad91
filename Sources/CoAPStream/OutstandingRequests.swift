import CoAP
import NIOCore

/// Our requests that are on their way: by token, with whoever waits for the answer.
///
/// A request keeps its slot until it was both written and settled (answered, timed out, cancelled). So a peer that
/// reads nothing cannot make us queue more than the slots hold, and no token is used twice at a time.
struct OutstandingRequests {
  /// A request's waiter.
  struct Waiter {
    let promise: EventLoopPromise<CoAPMessage>
    let ticket: ObjectIdentifier
    let timeout: Scheduled<Void>
  }

  private struct Slot {
    var waiter: Waiter?
    var isWritten = false
  }

  private let limit: Int
  private var slots: [Token: Slot] = [:]
  private var nextNumber: UInt32

  /// All slots are free.
  ///
  /// - Parameters:
  ///   - limit: how many slots.
  ///   - firstNumber: where tokens start; random, so that a new connection's differ from the last one's.
  init(limit: Int, firstNumber: UInt32) {
    self.limit = limit
    self.nextNumber = firstNumber
  }

  /// Nobody waits and everything is written.
  var isEmpty: Bool { self.slots.isEmpty }

  /// Picks a token no slot uses.
  ///
  /// - Returns: nil when all slots are taken.
  mutating func reserveToken() -> Token? {
    guard self.slots.count < self.limit else { return nil }
    var token = Token(self.nextNumber)
    self.nextNumber &+= 1
    while self.slots[token] != nil {
      token = Token(self.nextNumber)
      self.nextNumber &+= 1
    }
    return token
  }

  /// Takes a slot.
  mutating func insert(_ waiter: Waiter, token: Token) {
    self.slots[token] = Slot(waiter: waiter)
  }

  /// The request has left us (or never will).
  mutating func written(_ token: Token) {
    self.slots[token]?.isWritten = true
    self.releaseIfDone(token)
  }

  /// Ends the wait.
  ///
  /// - Returns: who waited; nil when nobody does (any more).
  mutating func settle(_ token: Token) -> Waiter? {
    guard let waiter = self.slots[token]?.waiter else { return nil }
    self.slots[token]?.waiter = nil
    self.releaseIfDone(token)
    waiter.timeout.cancel()
    return waiter
  }

  /// The token of the request that has this ticket.
  func token(of ticket: ObjectIdentifier) -> Token? {
    self.slots.first { $0.value.waiter?.ticket == ticket }?.key
  }

  /// Ends all waits.
  mutating func removeAll() -> [Waiter] {
    let waiters = self.slots.values.compactMap(\.waiter)
    self.slots.removeAll()
    for waiter in waiters { waiter.timeout.cancel() }
    return waiters
  }

  private mutating func releaseIfDone(_ token: Token) {
    if let slot = self.slots[token], slot.isWritten, slot.waiter == nil { self.slots[token] = nil }
  }
}
