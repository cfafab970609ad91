extension LinkMachine {
  /// Takes one byte from the line; a fragment's payload goes straight into the message buffer.
  mutating func receive(_ byte: UInt8, into message: inout MutableSpan<UInt8>, now: Moment) -> LinkEvent {
    counters.bytesReceived &+= 1
    var event = LinkEvent.none
    switch reader.take(byte) {
    case .nothing:
      break
    case .payload:
      takePayload(into: &message)
    case .damaged:
      counters.framesDamaged &+= 1
      endFrame()
    case .frame:
      event = takeFrame(now: now)
      endFrame()
    }
    guard case .none = event else { return event }
    return nextEvent()
  }

  /// Notes that the caller is done with the received message.
  mutating func releaseReceived() {
    if inbox.release(), isUp { isAcknowledgementDue = true }
  }

  private mutating func endFrame() {
    place = nil
    reader.reset()
  }

  private mutating func takePayload(into message: inout MutableSpan<UInt8>) {
    let position = reader.position
    if position == 0, reader.header.carriesFragment, isOfSession {
      place = inbox.place(of: reader.header, payloadBytes: Int(limits.payloadBytes), capacity: capacity)
    }
    control.take(reader.byte, at: position)
    guard let place, position < Int(limits.payloadBytes), place &+ position < capacity else { return }
    message[place &+ position] = reader.byte
  }

  private var isOfSession: Bool {
    isUp && reader.header.epoch == handshake.session.epochByte
      && reader.header.form == limits.version << 4 | handshake.session.peerSide
  }

  private mutating func takeFrame(now: Moment) -> LinkEvent {
    if reader.header.kind == FrameKind.hello {
      takeHello(now: now)
      return .none
    }
    guard isOfSession else {
      takeForeign(now: now)
      return .none
    }
    hearPeer(now: now)
    switch reader.header.kind {
    case FrameKind.data, FrameKind.asking:
      return takeFragment()
    case FrameKind.acknowledgement where reader.payloadCount >= Specification.acknowledgementBytes:
      return takeAcknowledgement(now: now)
    case FrameKind.probe:
      isAcknowledgementDue = true
    default:
      // A kind of a later version, or an acknowledgement without its bitmap.
      counters.framesRefused &+= 1
    }
    return .none
  }

  private mutating func takeFragment() -> LinkEvent {
    var event = LinkEvent.none
    let outcome = inbox.take(
      reader.header, count: reader.payloadCount, place: place, payloadBytes: Int(limits.payloadBytes),
      capacity: capacity)
    switch outcome {
    case .stored:
      break
    case .completed:
      counters.messagesReceived &+= 1
      event = .message(count: inbox.heldCount)
    case .repeated:
      counters.fragmentsRepeated &+= 1
    case .heldOff:
      counters.framesHeldOff &+= 1
      ownBusyMilliseconds = max(ownBusyMilliseconds, Specification.heldOffMilliseconds)
    case .refused:
      counters.framesRefused &+= 1
      return .none
    }
    if reader.header.kind == FrameKind.asking { isAcknowledgementDue = true }
    return event
  }

  private mutating func takeAcknowledgement(now: Moment) -> LinkEvent {
    var event = LinkEvent.none
    let saysBusy = reader.payloadCount >= Specification.busyAcknowledgementBytes
    let bitmap = UInt16(truncatingIfNeeded: saysBusy ? control.words[0] >> 16 : control.words[0])
    if reader.header.message == outbox.message, outbox.acknowledge(bitmap) {
      stopRetrying()
      if outbox.missing == 0 {
        writer.abortFragment()
        giveUpAt = .max
        counters.messagesSent &+= 1
        event = .delivered
      } else {
        outbox.sendMissing()
      }
    }
    if saysBusy { peerIsBusy(milliseconds: UInt16(truncatingIfNeeded: control.words[0]), now: now) }
    return event
  }

  private mutating func peerIsBusy(milliseconds: UInt16, now: Moment) {
    guard milliseconds != 0 else { return }
    newPeerBusyMilliseconds = milliseconds
    isPeerBusy = true
    stopRetrying()
    retryAt = now.later(by: UInt32(milliseconds))
    restartProbeTimer(now: retryAt)
  }
}
