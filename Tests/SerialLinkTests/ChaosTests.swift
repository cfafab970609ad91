import SerialLink
import Testing

/// Everything at once: what a line, a power supply and an attacker without the CRC's patience can do.
@Suite("A hostile line")
struct ChaosTests {
  static let noise = Noise(
    bitErrorRate: 5e-5, lossRate: 0.08, duplicateRate: 0.08, truncateRate: 0.04, swapRate: 0.06, replayRate: 0.08,
    garbageRate: 0.03)

  @Test("Loss, duplicates, swaps, replays, garbage and reboots never deliver twice, spoil or mislead; then all is well")
  func nothingIsDeliveredTwice() {
    for seed in UInt64(1_000)..<1_200 {
      let simulation = Simulation(seed: seed, noise: Self.noise)
      let traffic = Traffic(simulation, messages: 6, maxMessageBytes: 400)
      for _ in 0..<6 {
        _ = traffic.run(upTo: simulation.now + UInt64(simulation.random(in: 10...4_000)))
        let index = simulation.random(in: 0...1)
        simulation.reboot(index)
        traffic.didReboot(index)
      }
      #expect(traffic.run(upTo: simulation.now + 900_000), "seed \(seed): not done")
      #expect(traffic.faults == [], "seed \(seed)")
      expectRecovery(of: simulation, traffic, seed: seed)
    }
  }

  @Test("A cut line loses nothing silently, and recovers within seconds", arguments: [500, 5_000, 30_000, 200_000])
  func cutLine(milliseconds: UInt64) {
    for seed in UInt64(2_000)..<2_040 {
      let simulation = Simulation(seed: seed, noise: .none)
      let traffic = Traffic(simulation, messages: 3, maxMessageBytes: 600)
      _ = traffic.run(upTo: UInt64(simulation.random(in: 1...400)))
      simulation.isCut = true
      _ = traffic.run(upTo: simulation.now + milliseconds)
      simulation.isCut = false
      expectRecovery(of: simulation, traffic, seed: seed)
      #expect(traffic.faults == [], "seed \(seed)")
    }
  }

  private func expectRecovery(of simulation: Simulation, _ traffic: Traffic, seed: UInt64) {
    simulation.setNoise(.none)
    #expect(traffic.run(upTo: simulation.now + 60_000), "seed \(seed): old messages are stuck")
    #expect(simulation.run(upTo: simulation.now + 60_000) { simulation.ends.allSatisfy(\.isUp) }, "seed \(seed)")
    let delivered = traffic.delivered
    let undelivered = traffic.undelivered
    traffic.sendMoreMessages(1)
    let start = simulation.now
    #expect(traffic.run(upTo: start + 60_000), "seed \(seed): new messages are stuck")
    // One side may still believe in a dead session: then its first message tells it, and is reported.
    let lost = traffic.undelivered[0] - undelivered[0] + traffic.undelivered[1] - undelivered[1]
    let arrived = traffic.delivered[0] - delivered[0] + traffic.delivered[1] - delivered[1]
    #expect(lost + arrived == 2, "seed \(seed)")
    #expect(simulation.now - start < 20_000, "seed \(seed)")
  }
}
