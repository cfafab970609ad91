import CoAPStream

/// One exchange between the two hops of the proxy, in either direction.
struct ExchangeID: Hashable, Sendable {
  let rawValue: UInt64
}

/// What the router wants done.
enum RouterAction: Equatable, Sendable {
  /// Hand one message to the line's link. The link tells `delivered` or `undelivered`.
  case send(LineName, [UInt8])
  /// Send the manager a request; tell the router its answer, or that there is none.
  case ask(ExchangeID, CoAPMessage)
  /// Answer the manager's request.
  case answer(ExchangeID, CoAPMessage)
}

/// Why the manager gave no answer.
enum ManagerFailure: Equatable, Sendable {
  /// There is no connection, or it ended meanwhile.
  case away
  /// It took too long.
  case timedOut
  /// It takes no message of this length.
  case tooLarge
}
