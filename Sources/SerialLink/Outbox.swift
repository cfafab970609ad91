/// Which fragments of the one outgoing message still have to be sent, and which are not yet acknowledged.
struct Outbox {
  /// The id of the message that is outstanding, else of the next one.
  private(set) var message: UInt8 = 0
  private(set) var count = 0
  /// Fragments the peer has not acknowledged; 0 when nothing is outstanding.
  private(set) var missing: UInt16 = 0
  /// Fragments of the present round that have not left yet.
  private(set) var due: UInt16 = 0
  private var payloadBytes = 0
  private var fragmentCount = 0
  /// Fragments that left at least once: nobody can acknowledge the others.
  private var sent: UInt16 = 0

  /// What is put on the line next.
  struct Fragment {
    /// The header's last byte: index and count.
    var number: UInt8
    var offset: Int
    var count: Int
    var isResent: Bool
    var endsRound: Bool
  }

  /// Takes a message of `count` bytes, at most 16 times `payloadBytes`.
  mutating func begin(count: Int, payloadBytes: Int) {
    self.count = count
    self.payloadBytes = payloadBytes
    // Counted by adding: a Cortex-M0 has no divider.
    fragmentCount = 1
    var end = payloadBytes
    while end < count {
      end &+= payloadBytes
      fragmentCount &+= 1
    }
    missing = Inbox.all(fragmentCount)
    due = missing
    sent = 0
  }

  /// Takes the next fragment of the round; the last one asks for an acknowledgement.
  mutating func takeFragment() -> Fragment {
    let index = due.trailingZeroBitCount
    let bit = Inbox.bit(index)
    let offset = index &* payloadBytes
    defer {
      due &= ~bit
      sent |= bit
    }
    return Fragment(
      number: UInt8(truncatingIfNeeded: index << 4 | (fragmentCount &- 1)), offset: offset,
      count: min(payloadBytes, count &- offset), isResent: sent & bit != 0, endsRound: due == bit)
  }

  /// Takes the peer's bitmap for the outstanding message. Returns whether it told anything new.
  @inline(__always)
  mutating func acknowledge(_ bitmap: UInt16) -> Bool {
    let news = missing & bitmap & sent
    missing &= ~news
    due &= missing
    if missing == 0, news != 0 { message &+= 1 }
    return news != 0
  }

  /// Begins a round with every missing fragment, unless one is under way.
  mutating func sendMissing() {
    if due == 0 { due = missing }
  }

  /// Asks again with the last missing fragment alone: the answer will tell which others are missing.
  mutating func askAgain() {
    guard due == 0, missing != 0 else { return }
    due = Inbox.bit(15 &- missing.leadingZeroBitCount)
  }

  /// A new session: what was outstanding is forgotten, ids begin anew.
  mutating func restart() {
    self = Outbox()
  }
}
