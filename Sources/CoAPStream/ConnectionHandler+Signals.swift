import CoAP
import NIOCore

// The signals of one hop (RFC 8323 §5).
extension ConnectionHandler {
  /// Sends our CSM before anything else and starts the clocks.
  func start(_ context: ChannelHandlerContext) {
    guard self.keepAlive == nil else { return }
    self.keepAlive = KeepAlive(
      pingAfter: self.configuration.pingAfter, pongTimeout: self.configuration.pongTimeout, now: context.eventLoop.now)
    var settings = CoAPMessage(code: .csm)
    settings.add(.maxMessageSize, uint: UInt32(clamping: self.configuration.maximumMessageBytes))
    settings.add(.blockWiseTransfer)
    self.write(settings)
    self.after(self.configuration.settingsTimeout) { handler in
      if !handler.peer.isKnown { handler.abort("no CSM came") }
    }
    self.after(self.configuration.pingAfter) { $0.checkKeepAlive() }
  }

  func receive(signal: CoAPMessage) {
    // No signal has a critical option we know; one we do not know ends the connection (RFC 8323 §5.2).
    if signal.code != .abort, let option = signal.options.first(where: { $0.number.isCritical }) {
      return self.abort("critical option \(option.number.rawValue) in a signal", badOption: option.number)
    }
    switch signal.code {
    case .csm: self.peer.update(signal)
    case .ping: self.reflect(CoAPMessage(code: .pong, token: signal.token))
    case .pong: break
    case .release:
      self.isReleasing = true
      self.endAfterGrace()
    case .abort: self.end(.aborted(String(decoding: signal.payload, as: UTF8.self)))
    default: self.counters.unknownSignals += 1
    }
  }

  /// Tells the peer that we want to end, lets open exchanges end, then closes.
  func release() {
    guard self.endReason == nil, !self.isReleasing else { return }
    self.isReleasing = true
    self.write(CoAPMessage(code: .release))
    self.endAfterGrace()
  }

  /// Tells the peer why we cannot go on, and closes.
  ///
  /// - Parameter reason: what our side is told; nil says that the peer broke the protocol.
  func abort(_ sentence: String, badOption: OptionNumber? = nil, reason: CoAPConnectionError? = nil) {
    guard self.endReason == nil else { return }
    var message = CoAPMessage.problem(.abort, sentence)
    if let badOption { message.add(.badCSMOption, uint: UInt32(badOption.rawValue)) }
    self.write(message)
    self.end(reason ?? .protocolViolation(sentence))
  }

  private func endAfterGrace() {
    self.closeIfReleased()
    self.after(self.configuration.releaseTimeout) { $0.end(.closed) }
  }

  private func checkKeepAlive() {
    guard self.endReason == nil, let context = self.context else { return }
    let now = context.eventLoop.now
    switch self.keepAlive?.advance(now: now) {
    case .giveUp, nil: self.end(.peerSilent)
    case .wait(let deadline): self.after(Duration(deadline - now)) { $0.checkKeepAlive() }
    case .ping(let deadline):
      self.counters.pings += 1
      self.write(CoAPMessage(code: .ping))
      self.after(Duration(deadline - now)) { $0.checkKeepAlive() }
    }
  }

  private func after(_ delay: Duration, _ body: @escaping (ConnectionHandler) -> Void) {
    guard let eventLoop = self.context?.eventLoop else { return }
    eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
      if let self { body(self) }
    }
  }
}
