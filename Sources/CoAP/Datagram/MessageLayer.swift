/// The message layer towards one endpoint (RFC 7252 §4): what arrives twice is told from what is new, and what must
/// arrive is sent again until it is acknowledged.
///
/// A state machine without bytes, sockets and clocks: times are passed in, in milliseconds of any clock that never goes
/// back, and so is chance. Whoever drives it keeps the datagram under way, to send it again, and the answers lately
/// given, to give them again. At most one confirmable message is under way (NSTART is 1).
///
/// Its memory is bounded: the last `Memory` messages are remembered for their lifetime at most. When more than that come
/// within a lifetime, the oldest is forgotten, for to refuse new ones would let a peer that sends fast lock itself
/// out; a repetition that comes so late is then taken for new. What is still being worked on is never forgotten.
public struct MessageLayer<let Memory: Int>: Sendable {
  /// The times that apply.
  public let parameters: TransmissionParameters
  var nextMessageID: UInt16
  var outgoing: Outgoing?
  var seen: InlineArray<Memory, Seen>
  /// How many entries of `seen` wait for their acknowledgement.
  var unacknowledged = 0

  /// The confirmable message under way.
  struct Outgoing {
    let messageID: UInt16
    var repetitions: UInt8 = 0
    var timeout: UInt32
    var deadline: UInt64
  }

  /// A message of the peer.
  struct Seen {
    var state = State.free
    var messageID: UInt16 = 0
    /// For `unacknowledged` when the empty acknowledgement is due, else when it is forgotten.
    var deadline: UInt64 = 0

    enum State: UInt8 {
      case free = 0
      /// A confirmable request that is being worked on, and of which the peer has heard nothing.
      case unacknowledged
      /// A confirmable request that is being worked on; the peer knows that it has arrived.
      case acknowledged
      /// Done with: a repetition gets what the first one got.
      case answered
      /// Done with by an empty acknowledgement.
      case accepted
      /// Refused with a reset.
      case refused
      /// Not confirmable: a repetition gets nothing.
      case silent
    }
  }

  /// Nothing is under way and nothing was seen.
  ///
  /// - Parameter firstMessageID: random, so that another who does not see our messages cannot name them
  ///   (RFC 7252 §4.4).
  public init(parameters: TransmissionParameters = TransmissionParameters(), firstMessageID: UInt16) {
    self.parameters = parameters
    self.nextMessageID = firstMessageID
    self.seen = InlineArray(repeating: Seen())
  }

  /// Picks the message id of a message that is not confirmable.
  public mutating func makeMessageID() -> UInt16 {
    defer { self.nextMessageID &+= 1 }
    return self.nextMessageID
  }
}
