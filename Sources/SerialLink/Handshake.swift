/// Which session holds, and how the next one is agreed on.
///
/// Each end names itself in HELLO by its epoch and says whose epoch it has heard. A session is the pair of both: an end
/// enters it when it hears its own epoch back. Because an epoch serves for one session only, an old HELLO, replayed, can
/// neither begin nor end one.
struct Handshake {
  /// The epochs of both ends: what a session is.
  struct Session {
    var own: UInt32 = 0
    var peer: UInt32 = 0

    /// The byte every frame of the session carries. Both ends come to the same.
    var epochByte: UInt8 { UInt8(truncatingIfNeeded: own &+ peer) }
    /// The bit of a frame's first byte that tells one end's frames from the other's, so that an echo is no answer.
    var ownSide: UInt8 { own > peer ? 8 : 0 }
    var peerSide: UInt8 { ownSide ^ 8 }
  }

  /// What a HELLO asks for.
  enum Outcome {
    /// Nothing: it was an echo of our own, or both ends agree already.
    case nothing
    /// The peer does not know yet that the session holds: tell it.
    case confirm
    /// The peer does not know our epoch of the next session: tell it.
    case answer
    /// The peer has heard us: ``session`` is new. `tellsPeer` when it needs a HELLO to come up too.
    case established(tellsPeer: Bool)
  }

  /// The session that holds, or, while ``isUp`` is false, the one before.
  private(set) var session = Session()
  private(set) var isUp = false
  /// Our epoch in the next session, and the peer's if it was heard; 0 if not.
  private(set) var next: Session
  private var hasHadSession = false

  init(bootEpoch: UInt32) {
    next = Session(own: bootEpoch == 0 ? 1 : bootEpoch, peer: 0)
  }

  /// Takes a HELLO of the peer with its epoch, the epoch of ours that it has heard, and whether it is up.
  mutating func hear(peer: UInt32, heard: UInt32, isEstablished: Bool) -> Outcome {
    if peer == next.own || peer == 0 || isUp && peer == session.own { return .nothing }
    // A peer that has heard nobody has restarted, even if it has no random numbers and its epoch is the same again.
    if isUp, peer == session.peer, heard != 0 { return heard == session.own && isEstablished ? .nothing : .confirm }
    let tellsPeer = next.peer != peer
    next.peer = peer
    if hasHadSession, next.epochByte == session.epochByte { renewOwnEpoch() }
    guard heard == next.own else { return .answer }
    session = next
    isUp = true
    hasHadSession = true
    next.peer = 0
    renewOwnEpoch()
    return .established(tellsPeer: tellsPeer)
  }

  /// Gives the session up.
  mutating func end() {
    isUp = false
    next.peer = 0
  }

  /// The peer showed that the session holds: whoever else called was noise.
  mutating func confirm() {
    next.peer = 0
  }

  private mutating func renewOwnEpoch() {
    next.own &+= 1
    if next.own == 0 { next.own = 1 }
  }
}
