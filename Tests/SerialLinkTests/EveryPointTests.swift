import SerialLink
import Testing

/// A recorded exchange, disturbed at every single byte.
@Suite("At every point")
struct EveryPointTests {
  /// What happens to one byte of the exchange.
  enum Disturbance: CaseIterable {
    case corrupted, deleted, duplicated, zeroed, rebootA, rebootB
  }

  private static let messages = ([UInt8](repeating: 3, count: 40), (0..<33).map { UInt8($0 % 4) })

  /// Two ends on a line that disturbs its byte number `point`, each with one message for the other.
  final class Exchange {
    let pair = Pair(a: LinkConfiguration(maxPayloadBytes: 16), b: LinkConfiguration(maxPayloadBytes: 240))
    let disturbance: Disturbance?
    let point: Int
    private(set) var bytesCarried = 0
    private(set) var wasDisturbed = false
    private var hasSent = (false, false)

    init(_ disturbance: Disturbance?, at point: Int) {
      self.disturbance = disturbance
      self.point = point
    }

    func run(upTo limit: UInt64) throws {
      while pair.now <= limit {
        try step()
        let deadline = min(pair.a.deadline ?? .max, pair.b.deadline ?? .max)
        if pair.a.canSend, pair.b.canSend, hasSent == (true, true) { return }
        pair.now = max(pair.now, deadline)
        for end in [pair.a, pair.b] { end.advance(now: pair.now) }
      }
    }

    private func step() throws {
      while true {
        for end in [pair.a, pair.b] { end.fetchEvents(now: pair.now) }
        if pair.a.canSend, !hasSent.0 {
          try pair.a.send(messages.0, now: pair.now)
          hasSent.0 = true
        }
        if pair.b.canSend, !hasSent.1 {
          try pair.b.send(messages.1, now: pair.now)
          hasSent.1 = true
        }
        let fromA = pair.a.transmit(now: pair.now)
        let fromB = pair.b.transmit(now: pair.now)
        for byte in fromA { carry(byte, to: pair.b) }
        for byte in fromB { carry(byte, to: pair.a) }
        if fromA.isEmpty, fromB.isEmpty { return }
      }
    }

    private func carry(_ byte: UInt8, to end: Endpoint) {
      defer { bytesCarried += 1 }
      guard bytesCarried == point, let disturbance else {
        end.receive([byte], now: pair.now)
        return
      }
      wasDisturbed = true
      switch disturbance {
      case .corrupted: end.receive([byte ^ 0x55], now: pair.now)
      case .zeroed: end.receive([0], now: pair.now)
      case .deleted: break
      case .duplicated: end.receive([byte, byte], now: pair.now)
      case .rebootA: reboot(pair.a, byte, to: end)
      case .rebootB: reboot(pair.b, byte, to: end)
      }
    }

    private func reboot(_ end: Endpoint, _ byte: UInt8, to receiver: Endpoint) {
      end.reboot(epoch: 0x7654_3210, now: pair.now)
      receiver.receive([byte], now: pair.now)
    }
  }

  @Test("One byte corrupted, deleted, doubled or zeroed: both messages arrive once", arguments: Disturbance.allCases)
  func disturbed(_ disturbance: Disturbance) throws {
    let clean = Exchange(nil, at: -1)
    try clean.run(upTo: 1_000)
    #expect(clean.pair.b.received == [Self.messages.0])
    #expect(clean.pair.a.received == [Self.messages.1])
    #expect(clean.bytesCarried == 23 * 4 + (40 + 3 * 10 + 12) + (33 + 3 * 10 + 12))

    for point in 0..<clean.bytesCarried {
      let exchange = Exchange(disturbance, at: point)
      try exchange.run(upTo: 60_000)
      let (a, b) = (exchange.pair.a, exchange.pair.b)
      #expect(exchange.wasDisturbed)
      #expect(a.isUp && b.isUp, "byte \(point)")
      if disturbance == .rebootA || disturbance == .rebootB {
        // What one end lost with its memory may have been delivered before; never twice, and never silently.
        expectOnceOrReported(sender: a, receiver: b, Self.messages.0, senderRebooted: disturbance == .rebootA, point)
        expectOnceOrReported(sender: b, receiver: a, Self.messages.1, senderRebooted: disturbance == .rebootB, point)
      } else {
        #expect(b.received == [Self.messages.0], "byte \(point)")
        #expect(a.received == [Self.messages.1], "byte \(point)")
        #expect(!a.events.contains(.undelivered(.timedOut)) && !b.events.contains(.undelivered(.timedOut)))
      }
    }
  }

  private func expectOnceOrReported(
    sender: Endpoint, receiver: Endpoint, _ message: [UInt8], senderRebooted: Bool, _ point: Int
  ) {
    #expect(receiver.received == [] || receiver.received == [message], "byte \(point)")
    let wasDelivered = sender.events.contains(.delivered)
    let wasReported = sender.events.contains(.undelivered(.peerRestarted))
    if wasDelivered { #expect(receiver.received == [message], "byte \(point)") }
    #expect(!(wasDelivered && wasReported), "byte \(point)")
    if !senderRebooted { #expect(wasDelivered || wasReported, "byte \(point)") }
  }
}
