import SerialLink
import TestKit

/// Two ends on one noisy line under one virtual clock.
final class Simulation {
  private(set) var now: UInt64 = 0
  let ends: [Endpoint]
  private var lines: [LineDirection]
  private(set) var generator: SplitMix
  var isCut = false

  init(
    seed: UInt64, noise: Noise,
    configuration: (LinkConfiguration, LinkConfiguration) = (LinkConfiguration(), LinkConfiguration())
  ) {
    var generator = SplitMix(seed: seed)
    ends = [
      Endpoint(epoch: UInt32.random(in: 0...UInt32.max, using: &generator), configuration: configuration.0),
      Endpoint(epoch: UInt32.random(in: 0...UInt32.max, using: &generator), configuration: configuration.1),
    ]
    lines = [
      LineDirection(noise: noise, seed: generator.next()), LineDirection(noise: noise, seed: generator.next()),
    ]
    self.generator = generator
  }

  var bytesSent: UInt32 { ends[0].counters.bytesSent + ends[1].counters.bytesSent }

  func random(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  func setNoise(_ noise: Noise) {
    for index in lines.indices { lines[index].noise = noise }
  }

  /// One end loses its memory; what is under way on the line arrives all the same.
  func reboot(_ index: Int) {
    ends[index].reboot(epoch: UInt32.random(in: 0...UInt32.max, using: &generator), now: now)
  }

  /// Lets time pass until the condition holds or the limit is reached; returns whether it holds.
  @discardableResult
  func run(upTo limit: UInt64, until condition: () -> Bool = { false }) -> Bool {
    var idleSteps = 0
    while true {
      flush()
      if condition() { return true }
      flush()
      let moments = [lines[0].nextTime, lines[1].nextTime, ends[0].deadline, ends[1].deadline].compactMap { $0 }
      guard let next = moments.min(), next <= limit else {
        now = max(now, limit)
        return false
      }
      idleSteps = next <= now ? idleSteps + 1 : 0
      precondition(idleSteps < 1_000, "a deadline stays in the past")
      now = max(now, next)
      step()
    }
  }

  private func flush() {
    for index in 0...1 {
      let bytes = ends[index].transmit(now: now)
      if !isCut { lines[index].put(bytes, now: now) }
    }
  }

  private func step() {
    for index in 0...1 {
      while let bytes = lines[index].take(now: now) { ends[1 - index].receive(bytes, now: now) }
      if let deadline = ends[index].deadline, deadline <= now { ends[index].advance(now: now) }
    }
  }
}
