import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Gateway {
  /// What is remembered of a line for its status.
  struct LineNote {
    var state: GatewayStatus.LineStatus.State = .closed
    var since = Date.now
    var lastFailure: String?
  }

  /// Makes all lines without opening one: what is wrong with the configuration shows before anything runs.
  func prepareLines() throws(GatewayError) {
    for line in configuration.lines {
      var trace: LineTrace?
      if let directory = configuration.traceDirectory {
        trace = try LineTrace(directory: directory, line: line.name)
      }
      let name = line.name
      lineNotes[name] = LineNote()
      lines[name] = Line(
        line.specification, settings: configuration.lineSettings, trace: trace, on: eventLoop
      ) { [weak self] event in self?.assumeIsolated { $0.heard(event, from: name) } }
    }
  }

  /// Opens the lines that were never opened: after the first attempt to reach the manager, however that ended.
  func startLines() {
    for line in configuration.lines { lines[line.name]?.start() }
  }

  func send(_ bytes: [UInt8], on line: LineName) {
    if let udp, udp.peers.peers[line] != nil {
      return performUDP(udp.peers.send(bytes, to: line, now: now))
    }
    do {
      try lines[line]?.send(bytes)
    } catch {
      perform(router.lineUndelivered(line, now: now))
    }
  }

  func status(of line: NamedLine) -> GatewayStatus.LineStatus {
    let note = lineNotes[line.name] ?? LineNote()
    return GatewayStatus.LineStatus(
      name: line.name.rawValue, specification: line.specification.description, state: note.state, since: note.since,
      lastFailure: note.lastFailure, requestsInProgress: router.requestsInProgress(on: line.name),
      link: lines[line.name]?.counters ?? LineCounters(), proxy: router.counters(of: line.name))
  }

  private func heard(_ event: LineEvent, from line: LineName) {
    let now = now
    switch event {
    case .message(let bytes): perform(router.lineReceived(line, bytes, now: now))
    case .delivered: perform(router.lineDelivered(line, now: now))
    case .undelivered: perform(router.lineUndelivered(line, now: now))
    case .busy(let milliseconds):
      router.lineIsBusy(line, milliseconds: milliseconds, now: now)
      perform([])
    case .opened:
      note(.open, of: line)
      report(.lineOpened(line))
    case .up(let bytes):
      note(.up, of: line)
      report(.lineUp(line, maxMessageBytes: bytes))
      perform(router.lineCameUp(line, maxMessageBytes: bytes, now: now))
    case .down(let error):
      note(.open, of: line, failure: "\(error)")
      report(.lineDown(line, reason: "\(error)"))
      perform(router.lineWentDown(line, now: now))
    case .closed(let error, let delay):
      closed(line, error.reason, retryAfter: delay)
      perform(router.lineWentDown(line, now: now))
    }
  }

  // A cable that is out stays out for hours: the same reason again is no news.
  private func closed(_ line: LineName, _ reason: String, retryAfter delay: Duration) {
    let isNews = lineNotes[line]?.state != .closed || lineNotes[line]?.lastFailure != reason
    note(.closed, of: line, failure: reason)
    if isNews { report(.lineClosed(line, reason: reason, retryAfter: delay)) }
  }

  private func note(_ state: GatewayStatus.LineStatus.State, of line: LineName, failure: String? = nil) {
    var note = lineNotes[line] ?? LineNote()
    if note.state != state {
      note.state = state
      note.since = .now
    }
    note.lastFailure = failure ?? note.lastFailure
    lineNotes[line] = note
  }
}
