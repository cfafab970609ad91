extension LinkMachine {
  /// Checks whether a message may be sent at all.
  func requireSendable() throws(LinkError) {
    guard isUp else { throw .notUp }
    guard outbox.missing == 0 else { throw .outstanding }
  }

  /// Begins to send the first `count` bytes of the message buffer.
  mutating func send(count: Int, now: Moment) {
    outbox.begin(count: count, payloadBytes: Int(limits.payloadBytes))
    giveUpAt = now.later(by: configuration.messageLifetimeMilliseconds)
  }

  /// Tells the peer with the next acknowledgement, or with one for its own sake, that this end is busy.
  mutating func announceBusy(milliseconds: UInt16) {
    guard isUp else { return }
    ownBusyMilliseconds = milliseconds
    if milliseconds != 0 { isAcknowledgementDue = true }
  }

  /// Fills the buffer with bytes for the line and returns how many.
  mutating func transmit(into buffer: inout MutableSpan<UInt8>, message: Span<UInt8>, now: Moment) -> Int {
    var count = 0
    while count < buffer.count {
      if writer.isIdle, !startFrame(message: message) { break }
      buffer[count] = writer.next(message: message)
      count &+= 1
      if writer.isIdle { frameDidLeave(now: now) }
    }
    counters.bytesSent &+= UInt32(truncatingIfNeeded: count)
    return count
  }

  /// Chooses what is sent next: first what the peer waits for, then what we want of it.
  private mutating func startFrame(message: Span<UInt8>) -> Bool {
    if dueHello != .none {
      startHello()
    } else if !isUp {
      return false
    } else if isAcknowledgementDue {
      startAcknowledgement()
    } else if isPeerBusy {
      return false
    } else if isProbeDue {
      isProbeDue = false
      writer.startControl(header(FrameKind.probe, message: 0), count: 0)
    } else if outbox.due != 0 {
      retryAt = .max
      startFragment(message: message)
    } else {
      return false
    }
    return true
  }

  /// The peer's time to answer begins when it has the whole question.
  private mutating func frameDidLeave(now: Moment) {
    let header = writer.header
    guard header.kind == FrameKind.probe || header.carriesFragment && outbox.missing != 0 else { return }
    retryAt = now.later(by: UInt32(retryMilliseconds))
  }

  private mutating func startHello() {
    let isEstablished = dueHello == .current && isUp
    let session = isEstablished ? handshake.session : handshake.next
    dueHello = .none
    counters.hellosSent &+= 1
    writer.control.setHello(
      versions: Specification.versions, payloadBytes: configuration.maxPayloadBytes,
      maxMessageBytes: UInt16(truncatingIfNeeded: capacity), own: session.own, heard: session.peer)
    let header = FrameHeader(
      first: FrameKind.hello, epoch: UInt8(truncatingIfNeeded: session.own),
      message: isEstablished ? Specification.establishedFlag : 0, fragment: 0)
    writer.startControl(header, count: Specification.helloBytes)
  }

  private mutating func startAcknowledgement() {
    let isPartial = inbox.received != 0
    let bitmap = isPartial ? inbox.received : UInt16.max
    writer.control.set(UInt32(bitmap) << 16 | UInt32(ownBusyMilliseconds))
    let count =
      ownBusyMilliseconds == 0 ? Specification.acknowledgementBytes : Specification.busyAcknowledgementBytes
    isAcknowledgementDue = false
    ownBusyMilliseconds = 0
    let message = isPartial ? inbox.expected : inbox.expected &- 1
    writer.startControl(header(FrameKind.acknowledgement, message: message), count: count)
  }

  private mutating func startFragment(message: Span<UInt8>) {
    let fragment = outbox.takeFragment()
    if fragment.isResent { counters.fragmentsResent &+= 1 }
    var header = header(fragment.endsRound ? FrameKind.asking : FrameKind.data, message: outbox.message)
    header.rawValue |= UInt32(fragment.number)
    writer.start(header, offset: fragment.offset, count: fragment.count, message: message)
  }

  /// A header of this session, without a fragment number.
  @inline(never)
  private func header(_ kind: UInt8, message: UInt8) -> FrameHeader {
    FrameHeader(
      first: limits.version << 4 | handshake.session.ownSide | kind, epoch: handshake.session.epochByte,
      message: message, fragment: 0)
  }
}
