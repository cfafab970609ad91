import CoAPStream

@testable import Gateway

/// The product's proxy between lines and manager. What it wants done is done by the story.
struct HonestGateway {
  /// What the proxy wants done: its own actions, with lines by number.
  enum Action {
    case send(line: Int, [UInt8])
    case ask(UInt64, CoAPMessage)
    case answer(UInt64, CoAPMessage)
  }

  private var router: Router
  private let names: [LineName]

  init(lines: Int) throws {
    names = try (0..<lines).map { number in
      guard let name = LineName("l\(number)") else { throw AttackError.setup }
      return name
    }
    router = Router(gateway: AttackedManager.gateway, lines: names)
    router.isManagerConnected = true
  }

  var deadline: UInt64? { router.deadline }

  mutating func connect(_ line: Int, now: UInt64) -> [Action] {
    actions(router.lineCameUp(names[line], maxMessageBytes: AttackedDevice.messageBytes, now: now))
  }

  mutating func disconnect(_ line: Int, now: UInt64) -> [Action] {
    actions(router.lineWentDown(names[line], now: now))
  }

  mutating func undelivered(_ line: Int, now: UInt64) -> [Action] {
    actions(router.lineUndelivered(names[line], now: now))
  }

  mutating func busy(_ line: Int, milliseconds: Int, now: UInt64) {
    router.lineIsBusy(names[line], milliseconds: milliseconds, now: now)
  }

  mutating func receive(_ frame: [UInt8], from line: Int, now: UInt64) -> [Action] {
    actions(router.lineReceived(names[line], frame, now: now))
  }

  /// The line has taken what was sent last.
  mutating func delivered(_ line: Int, now: UInt64) -> [Action] { actions(router.lineDelivered(names[line], now: now)) }

  mutating func managerAnswered(_ id: UInt64, _ answer: CoAPMessage, now: UInt64) -> [Action] {
    actions(router.managerAnswered(ExchangeID(rawValue: id), answer, now: now))
  }

  /// - Returns: the exchange's number, and what to do now.
  mutating func managerRequested(_ request: CoAPMessage, now: UInt64) -> (UInt64, [Action]) {
    let (id, wanted) = router.managerRequested(request, now: now)
    return (id.rawValue, actions(wanted))
  }

  mutating func advance(now: UInt64) -> [Action] { actions(router.advance(now: now)) }

  private func actions(_ wanted: [RouterAction]) -> [Action] {
    wanted.map { action in
      switch action {
      case .send(let line, let frame): .send(line: names.firstIndex(of: line) ?? 0, frame)
      case .ask(let id, let message): .ask(id.rawValue, message)
      case .answer(let id, let message): .answer(id.rawValue, message)
      }
    }
  }
}
