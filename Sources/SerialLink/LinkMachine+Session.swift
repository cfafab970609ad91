extension LinkMachine {
  /// Takes the HELLO in ``control``.
  mutating func takeHello(now: Moment) {
    guard reader.payloadCount >= Specification.helloBytes,
      reader.header.epoch == UInt8(truncatingIfNeeded: control.own),
      control.payloadBytes >= Specification.minPayloadBytes,
      control.maxMessageBytes >= Specification.minMessageBytes
    else {
      counters.framesRefused &+= 1
      return
    }
    let version = min(control.versions & 0x0F, Specification.versions & 0x0F)
    guard version >= max(control.versions >> 4, Specification.versions >> 4) else {
      if !isUp { endError = .noCommonVersion }
      return
    }
    let isEstablished = reader.header.message & Specification.establishedFlag != 0
    switch handshake.hear(peer: control.own, heard: control.heard, isEstablished: isEstablished) {
    case .nothing:
      break
    case .confirm:
      confirmSession(now: now)
    case .answer:
      dueHello = .next
      startHailing(now: now)
    case .restart:
      endSession(.peerRestarted, now: now)
    case .established(let tellsPeer):
      limits = PeerLimits(
        payloadBytes: min(control.payloadBytes, configuration.maxPayloadBytes),
        maxMessageBytes: control.maxMessageBytes, version: version)
      dueHello = tellsPeer || dueHello != .none ? .current : .none
      hasComeUp = true
      counters.sessions &+= 1
      hearPeer(now: now)
    }
  }

  /// An intact frame that belongs to no session of ours: its sender has to learn who we are.
  mutating func takeForeign(now: Moment) {
    counters.framesForeign &+= 1
    confirmSession(now: now)
  }

  /// Says which session holds, if any: once, and not to every frame of a burst.
  private mutating func confirmSession(now: Moment) {
    guard now >= quietUntil else { return }
    quietUntil = now.later(by: UInt32(configuration.initialRetryMilliseconds))
    if dueHello == .none { dueHello = isUp ? .current : .next }
  }

  /// The peer showed by a frame of the session that it lives and listens.
  mutating func hearPeer(now: Moment) {
    restartProbeTimer(now: now)
    if outbox.missing == 0 {
      stopRetrying()
    } else if isPeerBusy {
      retryAt = now
    }
    isPeerBusy = false
  }

  /// One end of the two probes a little later, so that only one of them does.
  mutating func restartProbeTimer(now: Moment) {
    guard configuration.probeAfterMilliseconds != 0 else { return }
    let extra = handshake.session.ownSide == 0 ? configuration.probeAfterMilliseconds >> 2 : 0
    probeAt = now.later(by: configuration.probeAfterMilliseconds &+ extra)
  }

  mutating func stopRetrying() {
    retryAt = .max
    retries = 0
    retryMilliseconds = configuration.initialRetryMilliseconds
  }

  /// Ends the session and hails anew.
  mutating func endSession(_ error: LinkError, now: Moment) {
    handshake.end()
    forgetSession(error, now: now)
    dueHello = .next
    startHailing(now: now)
  }

  private mutating func startHailing(now: Moment) {
    stopRetrying()
    retryAt = now.later(by: UInt32(retryMilliseconds))
  }

  private mutating func forgetSession(_ error: LinkError, now: Moment) {
    endError = error
    if outbox.missing != 0 {
      hasUndelivered = true
      counters.messagesUndelivered &+= 1
    }
    outbox.restart()
    inbox.restart()
    writer.abortFragment()
    isAcknowledgementDue = false
    isProbeDue = false
    ownBusyMilliseconds = 0
    isPeerBusy = false
    probeAt = .max
    giveUpAt = .max
  }
}
