import CoAP
import CoAPStream

extension Router {
  /// A device's request, on its way to the manager.
  mutating func forward(
    _ request: CoAPMessage, from line: LineName, now: UInt64, _ actions: inout [RouterAction]
  ) {
    guard var route = routes[line] else { return }
    // A device that asks faster than it listens to the answers is not answered.
    guard route.answers.count < 2 * limits.requestsToManager else {
      routes[line]?.counters.refusals += 1
      return
    }
    // A token in use again is a device that forgot what it asked: the old answer is nobody's.
    if let forgotten = route.asked.removeValue(forKey: request.token) {
      askedBy[forgotten] = nil
    }
    if let refusal = refusal(of: request, asked: route.asked.count) {
      route.counters.refusals += 1
      route.answers.append(frame(refusal, token: request.token))
    } else {
      let id = makeExchange()
      route.asked[request.token] = id
      askedBy[id] = (line, request.token)
      route.counters.requestsToManager += 1
      actions.append(.ask(id, ProxyOptions.toManager(request, from: line)))
    }
    routes[line] = route
    sendNext(on: line, now: now, &actions)
  }

  /// The manager's answer to a device's request. Late for a device that has restarted, it is dropped.
  mutating func managerAnswered(_ id: ExchangeID, _ answer: CoAPMessage, now: UInt64) -> [RouterAction] {
    guard let (line, token) = askedBy.removeValue(forKey: id), var route = routes[line] else { return [] }
    route.asked[token] = nil
    route.answers.append(fitting(ProxyOptions.toDevice(answer: answer), token: token, &route))
    routes[line] = route
    var actions: [RouterAction] = []
    sendNext(on: line, now: now, &actions)
    return actions
  }

  /// There will be no answer to a device's request.
  mutating func managerFailed(_ id: ExchangeID, _ failure: ManagerFailure, now: UInt64) -> [RouterAction] {
    if let line = askedBy[id]?.line { routes[line]?.counters.refusals += 1 }
    let answer =
      switch failure {
      case .away: comeBackLater
      case .timedOut: CoAPMessage(code: .gatewayTimeout)
      case .tooLarge: CoAPMessage(code: .requestEntityTooLarge)
      }
    return managerAnswered(id, answer, now: now)
  }

  /// The connection to the manager ended: what is still asked gets no answer any more.
  mutating func managerLeft(now: UInt64) -> [RouterAction] {
    isManagerConnected = false
    return askedBy.keys.sorted { $0.rawValue < $1.rawValue }.flatMap { managerFailed($0, .away, now: now) }
  }

  /// A signal from the device. HELLO has taken CSM's place on a line, but a Ping deserves its Pong (RFC 8323 §5.4).
  mutating func answerSignal(
    _ signal: CoAPMessage, from line: LineName, now: UInt64, _ actions: inout [RouterAction]
  ) {
    guard signal.code == .ping, var route = routes[line], route.answers.count < limits.requestsToManager else { return }
    route.answers.append(frame(CoAPMessage(code: .pong), token: signal.token))
    routes[line] = route
    sendNext(on: line, now: now, &actions)
  }

  // Errors for a device have no diagnostic payload: its line is slow and nobody reads there.
  private func refusal(of request: CoAPMessage, asked: Int) -> CoAPMessage? {
    if ProxyOptions.hasUnknownUnsafe(request) { return CoAPMessage(code: .badOption) }
    if !isManagerConnected || asked >= limits.requestsToManager { return comeBackLater }
    return nil
  }

  private var comeBackLater: CoAPMessage {
    var answer = CoAPMessage(code: .serviceUnavailable)
    answer.maxAge = limits.retryAfterSeconds
    return answer
  }

  private func fitting(_ answer: CoAPMessage?, token: Token, _ route: inout LineRoute) -> [UInt8] {
    if let answer {
      let bytes = frame(answer, token: token)
      if !bytes.isEmpty, bytes.count <= route.maxMessageBytes ?? 0 { return bytes }
    }
    route.counters.refusals += 1
    return frame(CoAPMessage(code: .badGateway), token: token)
  }
}
