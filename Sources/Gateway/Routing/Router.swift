import CoAP
import CoAPStream

/// The CoAP proxy between a manager and the devices on lines (RFC 7252 §5.7, RFC 8323): messages and time in, actions out.
///
/// It does no I/O. Each hop has its own tokens; signals end at each hop; Uri-Host chooses the line downstream and option
/// 65000 names it upstream. It sees only what a router must: where every line keeps to its own bounds, a device that
/// spews, sleeps or restarts costs no other its session. Time is in milliseconds of any clock that never goes back.
struct Router {
  let gateway: String
  let limits: RouterLimits
  var isManagerConnected = false

  // In an extension's reach only, see Router+ToManager and Router+ToDevice.
  var routes: RouteTable
  var askedBy: [ExchangeID: (line: LineName, token: Token)] = [:]
  private var nextExchange: UInt64 = 0

  /// - Parameters:
  ///   - gateway: the gateway's name, in lower case.
  ///   - lines: all lines there are.
  init(gateway: String, lines: some Sequence<LineName>, limits: RouterLimits = RouterLimits()) {
    self.gateway = gateway
    self.limits = limits
    self.routes = RouteTable(lines)
  }

  /// When ``advance(now:)`` wants to be called; nil when nothing waits.
  var deadline: UInt64? { routes.deadline }

  func counters(of line: LineName) -> RouteCounters {
    routes[line]?.counters ?? RouteCounters()
  }

  func requestsInProgress(on line: LineName) -> Int {
    guard let route = routes[line] else { return 0 }
    return route.waiting.count + (route.current == nil ? 0 : 1)
  }

  // MARK: Lines

  /// The device on a line is there, with an empty memory: whatever was under way before has been told to be over.
  mutating func lineCameUp(_ line: LineName, maxMessageBytes: Int, now: UInt64) -> [RouterAction] {
    var actions = lineWentDown(line, now: now)
    routes[line]?.maxMessageBytes = maxMessageBytes
    sendNext(on: line, now: now, &actions)
    return actions
  }

  /// The session with the device ended. What it may have got is answered 5.04, for nobody knows what it did with it;
  /// what it never got, 5.03.
  mutating func lineWentDown(_ line: LineName, now: UInt64) -> [RouterAction] {
    guard var route = routes[line] else { return [] }
    var actions: [RouterAction] = []
    if let id = route.current?.id { actions.append(refuse(id, .gatewayTimeout, "the device's session ended")) }
    for request in route.waiting { actions.append(refuse(request.id, .serviceUnavailable, "the line went down")) }
    route.counters.refusals += UInt64(actions.count)
    // The manager's late answers to what the device asked before would find a device that never asked.
    for id in route.asked.values { askedBy[id] = nil }
    route.maxMessageBytes = nil
    route.sending = nil
    route.answers = []
    route.waiting = []
    route.current = nil
    route.asked = [:]
    routes[line] = route
    return actions
  }

  /// An endpoint of the UDP side has become known.
  mutating func lineAppeared(_ line: LineName, maxMessageBytes: Int) {
    var route = LineRoute()
    route.maxMessageBytes = maxMessageBytes
    route.answersPass = true
    routes[line] = route
  }

  /// An endpoint of the UDP side is forgotten: nobody can call it any more.
  mutating func lineVanished(_ line: LineName, now: UInt64) -> [RouterAction] {
    let actions = lineWentDown(line, now: now)
    routes[line] = nil
    return actions
  }

  /// The device has the message that was sent last.
  mutating func lineDelivered(_ line: LineName, now: UInt64) -> [RouterAction] {
    // The device starts to work now, not when its line began to carry the request.
    if routes[line]?.sending == .request, var current = routes[line]?.current {
      current.deadline = min(max(current.deadline, now + limits.answerMilliseconds), current.expiry)
      routes[line]?.current = current
    }
    return lineIsFree(line, now: now)
  }

  /// The message that was sent last was given up; its exchange ends by its own deadline if an answer comes no more.
  ///
  /// On the UDP side nothing is sent after it that could still bring an answer, so the exchange ends with it.
  mutating func lineUndelivered(_ line: LineName, now: UInt64) -> [RouterAction] {
    var actions: [RouterAction] = []
    if routes[line]?.answersPass == true, let current = routes[line]?.current {
      if let id = current.id { actions.append(refuse(id, .gatewayTimeout, "the device did not take the request")) }
      routes[line]?.current = nil
      routes[line]?.counters.timeouts += 1
    }
    return actions + lineIsFree(line, now: now)
  }

  /// The device computes: its answer may come so much later.
  mutating func lineIsBusy(_ line: LineName, milliseconds: Int, now: UInt64) {
    guard var current = routes[line]?.current else { return }
    let extended = now + UInt64(max(milliseconds, 0)) + limits.answerMilliseconds
    current.deadline = min(max(current.deadline, extended), current.expiry)
    routes[line]?.current = current
  }

  /// One message from the device.
  mutating func lineReceived(_ line: LineName, _ frame: [UInt8], now: UInt64) -> [RouterAction] {
    guard routes[line] != nil else { return [] }
    guard let message = try? CoAPMessage(parsing: frame) else {
      routes[line]?.counters.malformed += 1
      return []
    }
    var actions: [RouterAction] = []
    if message.code.isRequest {
      forward(message, from: line, now: now, &actions)
    } else if message.code.isResponse {
      relay(message, from: line, now: now, &actions)
    } else if message.code.isSignal {
      answerSignal(message, from: line, now: now, &actions)
    }  // else it is empty, which means nothing (RFC 8323 §3.4)
    return actions
  }

  // MARK: Time

  /// Gives up what has waited too long.
  mutating func advance(now: UInt64) -> [RouterAction] {
    var actions: [RouterAction] = []
    for line in routes.takeDue(now: now) {
      expire(on: line, now: now, &actions)
      sendNext(on: line, now: now, &actions)
    }
    return actions
  }

  // MARK: Shared by both directions

  mutating func makeExchange() -> ExchangeID {
    nextExchange += 1
    return ExchangeID(rawValue: nextExchange)
  }

  /// Gives the link the next message, when it can take one.
  mutating func sendNext(on line: LineName, now: UInt64, _ actions: inout [RouterAction]) {
    guard var route = routes[line], route.maxMessageBytes != nil else { return }
    defer { routes[line] = route }
    if route.answersPass {
      actions += route.answers.map { .send(line, $0) }
      route.answers = []
    }
    guard route.sending == nil else { return }
    if !route.answers.isEmpty {
      route.sending = .answer
      actions.append(.send(line, route.answers.removeFirst()))
    } else if route.current == nil, !route.waiting.isEmpty {
      let request = route.waiting.removeFirst()
      route.sending = .request
      actions.append(start(request, on: line, &route, now: now))
    }
  }

  /// Answers the manager's request with an error of the gateway's own.
  func refuse(_ id: ExchangeID, _ code: Code, _ diagnostic: String) -> RouterAction {
    .answer(id, problem(code, diagnostic))
  }

  /// An error of the gateway's own, for the manager: with a sentence, for there somebody may read it.
  func problem(_ code: Code, _ diagnostic: String) -> CoAPMessage {
    var answer = CoAPMessage.problem(code, diagnostic)
    if code == .serviceUnavailable { answer.maxAge = limits.retryAfterSeconds }
    return answer
  }

  private mutating func lineIsFree(_ line: LineName, now: UInt64) -> [RouterAction] {
    routes[line]?.sending = nil
    var actions: [RouterAction] = []
    sendNext(on: line, now: now, &actions)
    return actions
  }

  private mutating func expire(on line: LineName, now: UInt64, _ actions: inout [RouterAction]) {
    guard var route = routes[line] else { return }
    if let current = route.current, current.deadline <= now {
      if let id = current.id { actions.append(refuse(id, .gatewayTimeout, "the device did not answer in time")) }
      route.counters.timeouts += 1
      route.current = nil
    }
    for request in route.waiting where request.expiry <= now {
      actions.append(refuse(request.id, .serviceUnavailable, "the device was busy with other requests"))
      route.counters.refusals += 1
    }
    route.waiting.removeAll { $0.expiry <= now }
    routes[line] = route
  }
}
