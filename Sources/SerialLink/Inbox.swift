/// Puts the fragments of one incoming message together, in the message buffer itself.
struct Inbox {
  /// The id of the message that is expected, or of which a part is there.
  private(set) var expected: UInt8 = 0
  /// Whether the peer wanted to send while the caller held a message.
  private var hasHeldOff = false
  /// Which fragments of the expected message are there: what an acknowledgement says.
  private(set) var received: UInt16 = 0
  /// How long the message is that the caller holds; 0 when it holds none.
  private(set) var heldCount = 0
  private var fragmentCount = 0
  private var lastFragmentBytes = 0

  /// What an intact fragment was.
  enum Outcome {
    case stored, completed, repeated, heldOff, refused
  }

  /// Where in the message buffer a fragment belongs; nil when it must not be written.
  ///
  /// Asked before the frame's CRC is known, so it never gives a place that already holds a good fragment: a damaged
  /// header cannot spoil what was acknowledged.
  @inline(__always)
  func place(of header: FrameHeader, payloadBytes: Int, capacity: Int) -> Int? {
    let index = header.fragmentIndex
    guard header.message == expected, heldCount == 0, index < header.fragmentCount,
      received == 0 || header.fragmentCount == fragmentCount, received & Self.bit(index) == 0
    else { return nil }
    let offset = index &* payloadBytes
    return offset < capacity ? offset : nil
  }

  /// Books an intact fragment of `count` bytes.
  ///
  /// - Parameter place: where its payload was written, nil if it was not.
  @inline(__always)
  mutating func take(_ header: FrameHeader, count: Int, place: Int?, payloadBytes: Int, capacity: Int) -> Outcome {
    let bit = Self.bit(header.fragmentIndex)
    guard let place else {
      if header.message == expected &- 1 { return .repeated }
      guard header.message == expected else { return .refused }
      if received & bit != 0 { return .repeated }
      guard heldCount != 0 else { return .refused }
      hasHeldOff = true
      return .heldOff
    }
    let isLast = header.fragmentIndex &+ 1 == header.fragmentCount
    guard count == payloadBytes || isLast && count < payloadBytes, place &+ count <= capacity else { return .refused }
    received |= bit
    fragmentCount = header.fragmentCount
    if isLast { lastFragmentBytes = count }
    guard received == Self.all(fragmentCount) else { return .stored }
    heldCount = (fragmentCount &- 1) &* payloadBytes &+ lastFragmentBytes
    received = 0
    expected &+= 1
    return .completed
  }

  /// The caller is done with the message. Returns whether the peer waits to be told.
  mutating func release() -> Bool {
    heldCount = 0
    defer { hasHeldOff = false }
    return hasHeldOff
  }

  /// A new session: ids begin anew. A message that the caller holds stays.
  mutating func restart() {
    expected = 0
    received = 0
  }

  static func bit(_ index: Int) -> UInt16 { 1 &<< UInt16(truncatingIfNeeded: index) }

  /// The bitmap of a message all of whose fragments are there.
  static func all(_ count: Int) -> UInt16 { UInt16.max &>> UInt16(truncatingIfNeeded: 16 &- count) }
}
