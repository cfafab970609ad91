/// Which session holds, and how the next one is agreed on.
///
/// Each end names itself in HELLO by its epoch and says whose epoch it has heard. A session is the pair of both: an end
/// enters it when it hears its own epoch back, and takes a new one for the next. So an old HELLO, replayed, cannot begin
/// a session; nor can it end one, because a stranger must first show that it has heard the epoch of the session it ends.
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
    /// To say which session holds: the sender does not know, or is a stranger.
    case confirm
    /// To tell our epoch: the sender has not heard it.
    case answer
    /// To give up the session, then to tell our epoch: the peer has lost the session.
    case restart
    /// To come up, and to say so when the peer needs it for coming up too.
    case established(tellsPeer: Bool)
  }

  /// The session that holds, or, while ``isUp`` is false, the one before.
  private(set) var session = Session()
  /// Our epoch in the next session, and the peer's if it was heard; 0 if not.
  private(set) var next: Session
  private(set) var isUp = false
  private var hasHadSession = false

  init(bootEpoch: UInt32) {
    next = Session(own: bootEpoch == 0 ? 1 : bootEpoch, peer: 0)
  }

  /// Takes a HELLO of the peer with its epoch, the epoch of ours that it has heard, and whether it is up.
  mutating func hear(peer: UInt32, heard: UInt32, isEstablished: Bool) -> Outcome {
    if peer == next.own || peer == 0 || isUp && peer == session.own { return .nothing }
    guard !isUp else { return hearWhileUp(peer: peer, heard: heard, isEstablished: isEstablished) }
    let tellsPeer = next.peer != peer
    setNextPeer(peer)
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
  }

  private mutating func hearWhileUp(peer: UInt32, heard: UInt32, isEstablished: Bool) -> Outcome {
    let isPeer = peer == session.peer
    if isPeer, heard == session.own { return isEstablished ? .nothing : .confirm }
    // A stranger that has heard the epoch of this session has taken the peer's place. A peer that has heard nobody has
    // restarted without random numbers, and its epoch is the same again.
    guard isPeer ? heard == 0 : heard == session.own else { return .confirm }
    isUp = false
    setNextPeer(peer)
    return .restart
  }

  /// The byte of the next session must not be that of the one before.
  private mutating func setNextPeer(_ peer: UInt32) {
    next.peer = peer
    if hasHadSession, next.epochByte == session.epochByte { renewOwnEpoch() }
  }

  private mutating func renewOwnEpoch() {
    next.own &+= 1
    if next.own == 0 { next.own = 1 }
  }
}
