import SerialLink
import Testing

/// One end's caller: sends numbered messages one after the other and keeps account of both directions.
///
/// A message begins with its number and goes on with bytes that follow from it, so the receiver can tell a foreign,
/// repeated or spoilt one.
final class Traffic {
  let simulation: Simulation
  private var left: [Int]
  private var nextNumber = [0, 0]
  private var outstanding: [Int?] = [nil, nil]
  private var highestReceived = [-1, -1]
  private(set) var delivered = [0, 0]
  private(set) var undelivered = [0, 0]
  private(set) var faults: [String] = []
  let maxMessageBytes: Int

  init(_ simulation: Simulation, messages: Int, maxMessageBytes: Int) {
    self.simulation = simulation
    self.maxMessageBytes = maxMessageBytes
    left = [messages, messages]
    for index in 0...1 {
      simulation.ends[index].onEvent = { [unowned self] event in note(event, at: index) }
    }
  }

  var isDone: Bool { left == [0, 0] && outstanding == [nil, nil] }

  /// How many messages reached the other end, counted there.
  var received: Int { highestReceived[0] + highestReceived[1] + 2 }

  /// Runs until everything was delivered or reported, then checks the account.
  func run(upTo limit: UInt64) -> Bool {
    simulation.run(upTo: limit) { [self] in
      sendMore()
      return isDone
    }
  }

  /// The messages of an end that just lost its memory are nobody's any more.
  func didReboot(_ index: Int) { outstanding[index] = nil }

  func sendMoreMessages(_ count: Int) { left = [count, count] }

  private func sendMore() {
    for index in 0...1 where left[index] > 0 && simulation.ends[index].canSend && outstanding[index] == nil {
      let limit = min(maxMessageBytes, simulation.ends[index].maxMessageBytes)
      let number = nextNumber[index]
      do throws(LinkError) {
        let count = simulation.random(in: 4...limit)
        try simulation.ends[index].send(Self.message(number, count: count), now: simulation.now)
        outstanding[index] = number
        nextNumber[index] += 1
        left[index] -= 1
      } catch {
        faults.append("end \(index) could not send: \(error)")
      }
    }
  }

  private func note(_ event: LinkEvent, at index: Int) {
    switch event {
    case .message:
      take(simulation.ends[index].received.last!, at: index)
    case .delivered:
      guard let number = outstanding[index] else { return faults.append("end \(index): delivered nothing") }
      if number > highestReceived[1 - index] { faults.append("end \(index): \(number) delivered but not received") }
      delivered[index] += 1
      outstanding[index] = nil
    case .undelivered:
      if outstanding[index] == nil { faults.append("end \(index): undelivered nothing") }
      undelivered[index] += 1
      outstanding[index] = nil
    case .none, .up, .down, .busy:
      break
    }
  }

  private func take(_ message: [UInt8], at index: Int) {
    let number = message.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    if message != Self.message(number, count: message.count) { faults.append("end \(index): spoilt message") }
    if number <= highestReceived[index] { faults.append("end \(index): \(number) received again") }
    highestReceived[index] = number
  }

  /// Bytes with and without zeros, so that COBS has something to do.
  private static func message(_ number: Int, count: Int) -> [UInt8] {
    let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    return (head + (0..<max(0, count - 4)).map { UInt8(truncatingIfNeeded: ($0 &* (number | 1)) & 0x7F) }).prefix(count)
      .map { $0 }
  }
}
