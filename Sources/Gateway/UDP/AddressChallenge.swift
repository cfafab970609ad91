/// Asks an endpoint to show that it receives what is sent to its address: two Pings (RFC 7252 §4.3) whose message ids
/// only their receiver knows.
///
/// Every CoAP endpoint answers a Ping with a reset, also one that has never heard of the Echo option. Two ids are 32
/// bits, and few guesses are allowed. The Pings come one by one, and again while they are not answered: some stacks
/// answer only so many in a row (libcoap one in 250 ms). None is longer than what a forger has to send for it.
struct AddressChallenge {
  /// The Pings' message ids.
  let messageIDs: [UInt16]
  private let start: UInt64
  private var pings = 0
  private var answered: Set<UInt16> = []
  private var wrongAnswers = 0

  // Milliseconds after the start: the first and the second Ping by turns, then the end.
  private static let schedule: [UInt64] = [0, 400, 1_000, 1_400, 2_000, 2_400, 3_000]
  private static let allowedWrongAnswers = 4

  init(using generator: inout some RandomNumberGenerator, now: UInt64) {
    let first = UInt16.random(in: 0...UInt16.max, using: &generator)
    let second = first &+ UInt16.random(in: 1...UInt16.max, using: &generator)  // never the same
    messageIDs = [first, second]
    start = now
  }

  /// When ``advance(now:)`` wants to be called.
  var deadline: UInt64 { start + Self.schedule[min(pings, Self.schedule.count - 1)] }

  /// What is due.
  enum Due: Equatable {
    case ping(UInt16)
    /// It was never answered.
    case end
  }

  /// Does what is due; to be called again until it returns nil or the end.
  mutating func advance(now: UInt64) -> Due? {
    while deadline <= now {
      guard pings < Self.schedule.count - 1 else { return .end }
      let messageID = messageIDs[pings % 2]
      pings += 1
      if !answered.contains(messageID) { return .ping(messageID) }
    }
    return nil
  }

  /// What a reset means for it.
  enum Outcome {
    case open
    case passed
    case failed
  }

  mutating func receiveReset(_ messageID: UInt16) -> Outcome {
    if messageIDs.contains(messageID) {
      answered.insert(messageID)
    } else {
      wrongAnswers += 1
    }
    if wrongAnswers > Self.allowedWrongAnswers { return .failed }
    return answered.count == messageIDs.count ? .passed : .open
  }
}
