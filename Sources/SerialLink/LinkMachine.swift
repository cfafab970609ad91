/// The link without its two message buffers: everything that does not depend on their length.
///
/// Its methods get the buffers from ``Link``, so that this code exists once whatever lengths a program uses.
struct LinkMachine: ~Copyable {
  /// Which HELLO waits for the line.
  enum DueHello {
    case none
    /// The one that tells our epoch of the next session.
    case next
    /// The one that confirms the session that holds.
    case current
  }

  // Single bytes come first and what is large last: Thumb reaches the 32nd byte of a value, not the 33rd, in one go.

  var dueHello = DueHello.next
  var isAcknowledgementDue = false
  var isProbeDue = false
  /// Nothing is asked of a busy peer, until ``retryAt`` or until it is heard.
  var isPeerBusy = false
  /// Events that happened and were not fetched yet.
  var hasUndelivered = false
  var hasComeUp = false
  var endError: LinkError?
  var newPeerBusyMilliseconds: UInt16 = 0

  /// What the session agreed on; meaningless while it is down.
  var limits = PeerLimits(payloadBytes: 0, maxMessageBytes: 0, version: 0)

  /// What the next acknowledgement says about our being busy; 0 is not busy.
  var ownBusyMilliseconds: UInt16 = 0

  /// When an unanswered question is asked again: a HELLO while down, a fragment or a probe while up.
  var retries: UInt8 = 0
  var retryMilliseconds: UInt16
  var retryAt: Moment
  /// When the peer is probed unless it is heard before.
  var probeAt = Moment.max
  /// When the outgoing message is given up, whatever the peer says.
  var giveUpAt = Moment.max
  /// Until when strangers get no HELLO: one answer to a burst is enough.
  var quietUntil: Moment = 0

  var handshake: Handshake
  var outbox = Outbox()
  var inbox = Inbox()
  /// Where the frame that is being received puts its payload; nil when nowhere.
  var place: Int?
  /// The first bytes of its payload, for frames that carry no fragment.
  var control = ControlPayload()
  var reader = FrameReader()
  var writer = FrameWriter()

  let capacity: Int
  let configuration: LinkConfiguration
  var counters = LinkCounters()

  init(configuration: LinkConfiguration, capacity: Int, bootEpoch: UInt32, now: Moment) {
    self.configuration = configuration
    self.capacity = min(capacity, Specification.maxFragments * Int(Specification.maxPayloadBytes))
    handshake = Handshake(bootEpoch: bootEpoch)
    retryMilliseconds = configuration.initialRetryMilliseconds
    retryAt = now.later(by: UInt32(retryMilliseconds))
  }

  var isUp: Bool { handshake.isUp }

  var canSend: Bool { isUp && outbox.missing == 0 }

  /// The longest message of this session; 0 while it is down.
  var maxMessageBytes: Int {
    guard isUp else { return 0 }
    return min(min(Specification.maxFragments &* Int(limits.payloadBytes), capacity), Int(limits.maxMessageBytes))
  }

  /// Fetches the oldest event that still waits.
  mutating func nextEvent() -> LinkEvent {
    if let error = endError {
      if hasUndelivered {
        hasUndelivered = false
        return .undelivered(error)
      }
      endError = nil
      return .down(error)
    }
    if hasComeUp {
      hasComeUp = false
      return .up
    }
    guard newPeerBusyMilliseconds != 0 else { return .none }
    defer { newPeerBusyMilliseconds = 0 }
    return .busy(milliseconds: newPeerBusyMilliseconds)
  }
}
