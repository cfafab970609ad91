import CoAP
import CoAPStream
import Testing

@testable import Gateway

/// A router with two lines, `a` and `b`, of the gateway `site-1`, and short ways to talk to it.
struct RouterFixture {
  static let a = LineName("a")!
  static let b = LineName("b")!

  var router: Router
  var now: UInt64 = 1_000

  init(limits: RouterLimits = RouterLimits(), linesUp: Bool = true, managerConnected: Bool = true) {
    router = Router(gateway: "site-1", lines: [Self.a, Self.b], limits: limits)
    router.isManagerConnected = managerConnected
    guard linesUp else { return }
    for line in [Self.a, Self.b] { _ = router.lineCameUp(line, maxMessageBytes: 1_024, now: now) }
  }

  mutating func fromDevice(_ message: CoAPMessage, on line: LineName = a) -> [RouterAction] {
    router.lineReceived(line, (try? message.serialized()) ?? [], now: now)
  }

  mutating func fromManager(_ message: CoAPMessage) -> (id: ExchangeID, actions: [RouterAction]) {
    router.managerRequested(message, now: now)
  }

  /// Has the manager ask for `path` on a line and the line deliver it.
  /// - Returns: the exchange, and the request as the device got it.
  mutating func delivered(_ path: String, on line: LineName = a) throws -> (id: ExchangeID, request: CoAPMessage) {
    let (id, actions) = fromManager(Self.request(.post, path, host: "\(line).site-1"))
    let request = try #require(actions.sent(on: line).first)
    _ = router.lineDelivered(line, now: now)
    return (id, request)
  }

  static func request(
    _ code: Code, _ path: String, host: String? = nil, token: [UInt8] = [], _ options: [Option] = []
  ) -> CoAPMessage {
    var message = CoAPMessage(code: code, token: Token(token.span)!)
    message.uriHost = host
    message.uriPath = path.split(separator: "/").map(String.init)
    for option in options { message.add(option.number, option.value) }
    return message
  }

  static func answer(_ code: Code, to request: CoAPMessage, payload: [UInt8] = []) -> CoAPMessage {
    CoAPMessage(code: code, token: request.token, payload: payload)
  }
}

/// An option that can be compared.
struct Option: Equatable {
  let number: OptionNumber
  let value: [UInt8]

  init(_ number: OptionNumber, _ value: [UInt8]) {
    self.number = number
    self.value = value
  }
}

extension CoAPMessage {
  var comparableOptions: [Option] { options.map { Option($0.number, $0.value) } }
}

extension [RouterAction] {
  /// What goes out on a line, parsed.
  func sent(on line: LineName) -> [CoAPMessage] {
    compactMap {
      guard case .send(line, let bytes) = $0 else { return nil }
      return try? CoAPMessage(parsing: bytes)
    }
  }

  /// What the manager is asked.
  var asked: [(id: ExchangeID, message: CoAPMessage)] {
    compactMap {
      guard case .ask(let id, let message) = $0 else { return nil }
      return (id, message)
    }
  }

  /// What the manager is answered.
  var answered: [(id: ExchangeID, message: CoAPMessage)] {
    compactMap {
      guard case .answer(let id, let message) = $0 else { return nil }
      return (id, message)
    }
  }
}
