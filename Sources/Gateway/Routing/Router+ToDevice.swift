import CoAP
import CoAPStream

extension Router {
  /// The manager's request for a device.
  /// - Returns: the name of the exchange, and what to do now; its `answer` may be among it.
  mutating func managerRequested(_ request: CoAPMessage, now: UInt64) -> (ExchangeID, [RouterAction]) {
    let id = makeExchange()
    guard let target = request.value(of: .uriHost).flatMap(Target.init(uriHost:)), target.gateway == gateway,
      var route = routes[target.line]
    else {
      return (id, [refuse(id, .notFound, "no such line: Uri-Host is <line>.\(gateway)")])
    }
    if let refusal = refusal(of: request, for: route) {
      routes[target.line]?.counters.refusals += 1
      return (id, [.answer(id, refusal)])
    }
    route.waiting.append(
      LineRoute.Waiting(
        id: id, message: ProxyOptions.toDevice(request: request), expiry: now + limits.exchangeMilliseconds))
    routes[target.line] = route
    var actions: [RouterAction] = []
    sendNext(on: target.line, now: now, &actions)
    return (id, actions)
  }

  /// Nobody waits for the answer to the manager's request any more, for its connection has ended.
  ///
  /// On the line it stays, since the device may be at work on it; waiting for its turn it is dropped. It is answered all
  /// the same, so that its caller ends.
  mutating func managerGaveUp(_ id: ExchangeID) -> [RouterAction] {
    for (line, route) in routes.all {
      if route.current?.id == id {
        routes[line]?.current?.id = nil
        return [refuse(id, .gatewayTimeout, "the connection ended")]
      }
      if let index = route.waiting.firstIndex(where: { $0.id == id }) {
        routes[line]?.waiting.remove(at: index)
        return [refuse(id, .serviceUnavailable, "the connection ended")]
      }
    }
    return []
  }

  /// The device's answer to the manager's request.
  mutating func relay(_ answer: CoAPMessage, from line: LineName, now: UInt64, _ actions: inout [RouterAction]) {
    guard var route = routes[line], let current = route.current, current.token == answer.token else {
      routes[line]?.counters.unmatched += 1
      return
    }
    route.current = nil
    if let id = current.id {
      if let answer = ProxyOptions.toManager(answer: answer) {
        actions.append(.answer(id, answer))
      } else {
        route.counters.refusals += 1
        actions.append(refuse(id, .badGateway, "the device's answer has an option that no proxy may pass on"))
      }
    }
    routes[line] = route
    sendNext(on: line, now: now, &actions)
  }

  /// Puts a request on the line.
  func start(
    _ request: LineRoute.Waiting, on line: LineName, _ route: inout LineRoute, now: UInt64
  ) -> RouterAction {
    route.nextToken &+= 1
    let token = Self.token(route.nextToken)
    route.current = LineRoute.Current(
      id: request.id, token: token, deadline: min(now + limits.answerMilliseconds, request.expiry),
      expiry: request.expiry)
    route.counters.requestsToDevice += 1
    return .send(line, frame(request.message, token: token))
  }

  /// A message as it goes to a device. Empty when there is no encoding, which only options of 64 KiB have not: too
  /// long for every line.
  func frame(_ message: CoAPMessage, token: Token) -> [UInt8] {
    var message = message
    message.token = token
    return (try? message.serialized()) ?? []
  }

  // One byte, for the line is slow: a device answers in the order it is asked, so no answer can be 256 requests late.
  private static func token(_ number: UInt8) -> Token {
    Token([number].span) ?? Token()
  }

  private func refusal(of request: CoAPMessage, for route: LineRoute) -> CoAPMessage? {
    if let refusal = ProxyOptions.refusal(of: request) { return refusal }
    guard let maxMessageBytes = route.maxMessageBytes else {
      return problem(.serviceUnavailable, "the device is not on its line")
    }
    let bytes = frame(ProxyOptions.toDevice(request: request), token: Self.token(0)).count
    if bytes == 0 || bytes > maxMessageBytes { return tooLarge(request, bytes, maxMessageBytes) }
    if route.waiting.count >= limits.queuedRequests {
      return problem(.serviceUnavailable, "too many requests wait for the device")
    }
    return nil
  }

  // Says which block size would have fitted, so that the manager can go on with that (RFC 7959 §2.9.3).
  private func tooLarge(_ request: CoAPMessage, _ bytes: Int, _ maxMessageBytes: Int) -> CoAPMessage {
    var answer = problem(
      .requestEntityTooLarge, "the device takes messages of \(maxMessageBytes) bytes, not \(bytes)")
    let room = maxMessageBytes - (bytes - request.payload.count)
    if room >= 16 {
      answer.block1 = Block(
        number: request.block1?.number ?? 0, more: true, sizeExponent: Block.sizeExponent(fitting: room))
    }
    return answer
  }
}
