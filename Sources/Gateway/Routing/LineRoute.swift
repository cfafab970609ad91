import CoAP
import CoAPStream

/// What the router knows about one line: what waits for it, what is on it, and who waits for its answers.
struct LineRoute {
  /// The longest message the device takes; nil while its session is down.
  var maxMessageBytes: Int?
  /// Answers need not wait for a request that is being delivered: they travel with the acknowledgements (UDP).
  var answersPass = false
  /// What the link is still delivering, if anything: it takes the next message only after that.
  var sending: Sending?
  /// Messages for the device that answer its own requests. They go first: a device waits for them.
  var answers: [[UInt8]] = []
  /// The manager's requests, oldest first.
  var waiting: [Waiting] = []
  /// The request that the device has, or is getting. One at a time: it has one message buffer.
  var current: Current?
  /// The device's requests that the manager has: how the device knows each, and how the router does.
  var asked: [Token: ExchangeID] = [:]
  /// What the next request to the device is known by.
  var nextToken: UInt8 = 0
  var counters = RouteCounters()

  /// What kind of message is on the line.
  enum Sending {
    case answer
    case request
  }

  /// A request that waits for its turn.
  struct Waiting {
    let id: ExchangeID
    let message: CoAPMessage
    /// When it is given up, in the router's milliseconds.
    let expiry: UInt64
  }

  /// The request that the device is answering.
  struct Current {
    /// nil when nobody waits for the answer any more; the device may still be at work on it.
    var id: ExchangeID?
    let token: Token
    /// When it is given up, for now.
    var deadline: UInt64
    /// What no `busy` moves the deadline beyond.
    let expiry: UInt64
  }

  /// When something of this line is given up next.
  var deadline: UInt64? {
    let waiting = waiting.lazy.map(\.expiry).min()
    guard let current else { return waiting }
    return min(current.deadline, waiting ?? .max)
  }
}
