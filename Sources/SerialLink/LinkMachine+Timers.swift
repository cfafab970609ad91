extension LinkMachine {
  /// When ``advance(now:)`` has something to do.
  var deadline: Moment? {
    if endError != nil || hasComeUp || newPeerBusyMilliseconds != 0 { return 0 }
    let first = min(min(retryAt, giveUpAt), probeAt)
    return first == .max ? nil : first
  }

  /// Does what is due.
  mutating func advance(now: Moment) -> LinkEvent {
    let event = nextEvent()
    guard case .none = event else { return event }
    if now >= giveUpAt {
      endSession(.timedOut, now: now)
    } else if now >= retryAt {
      retry(now: now)
    } else if now >= probeAt {
      probeAt = .max
      if retryAt == .max, outbox.missing == 0 { ask(now: now) }
    }
    return nextEvent()
  }

  private mutating func retry(now: Moment) {
    if !isUp {
      dueHello = .next
      backOff(upTo: configuration.maxHelloMilliseconds)
      retryAt = now.later(by: UInt32(retryMilliseconds))
    } else if isPeerBusy {
      // It had its time. Unless it speaks up now, what it may have missed is asked after as usual.
      isPeerBusy = false
      retryAt = outbox.missing == 0 || outbox.due != 0 ? .max : now.later(by: UInt32(retryMilliseconds))
    } else if outbox.due != 0 {
      // The caller takes its time to put the round on the line.
      retryAt = .max
    } else if retries >= configuration.retryLimit {
      endSession(.timedOut, now: now)
    } else {
      retries &+= 1
      backOff(upTo: configuration.maxRetryMilliseconds)
      ask(now: now)
    }
  }

  /// Is the message there, is the peer there?
  private mutating func ask(now: Moment) {
    retryAt = now.later(by: UInt32(retryMilliseconds))
    if outbox.missing == 0 { isProbeDue = true } else { outbox.askAgain() }
  }

  private mutating func backOff(upTo limit: UInt16) {
    retryMilliseconds = retryMilliseconds > limit >> 1 ? limit : retryMilliseconds << 1
  }
}
